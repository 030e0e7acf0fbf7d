import { execFileSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { renderComparison } from '../../src/report/comparison/render-comparison.ts';
import { renderReport } from '../../src/report/render-report.ts';
import { type ReportInput, reportModel } from '../../src/report/report-model.ts';
import { shownLines } from '../../src/util/shown-text.ts';
import { hiddenIn } from '../util/hostile-text.ts';
import { sectionOf, tableRows, unescapeHtml } from './pages.ts';
import { syntheticInput } from './synthetic-input.ts';

function findChromium(): string | undefined {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const candidates = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)));
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

const chromium = findChromium();

/** A run whose designs have three axes with seven parallel dims each. */
function withRichArrays(input: ReportInput): ReportInput {
  const axes = [42, 16, 2].map((size, i) => ({
    name: 'XYZ'[i],
    size,
    parallelDims: ['K', 'C', 'P', 'Q', 'R', 'S', 'G'],
  }));
  return JSON.parse(JSON.stringify(input), (key, value) =>
    key === 'axes' || (key === 'dimensions' && value.length > 0) ? axes : value,
  );
}

/** Opens a page; its document after scripts ran, and what it wrote to the console (violations of its policy are among that). */
function open(page: string): { readonly document: string; readonly console: readonly string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'trifold-report-'));
  try {
    const path = join(folder, 'report.html');
    const log = join(folder, 'log.txt');
    writeFileSync(path, page);
    const flags = [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      `--user-data-dir=${join(folder, 'profile')}`,
      '--enable-logging',
      `--log-file=${log}`,
      '--dump-dom',
    ];
    const document = execFileSync(chromium!, [...flags, pathToFileURL(path).href], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 64e6,
      env: { ...process.env, CHROME_LOG_FILE: log },
    });
    const lines = execFileSync('cat', [log], { encoding: 'utf8' }).split('\n');
    return { document, console: lines.filter((line) => line.includes('CONSOLE')) };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** Runs in the browser: what of a page lies outside its room, as texts. */
const CLIPPED = `
function clipped({ document: page }) {
  const found = [];
  const root = page.documentElement;
  if (root.scrollWidth > root.clientWidth) found.push('page: ' + root.scrollWidth + ' > ' + root.clientWidth);
  const isWide = root.clientWidth > 760;
  for (const e of page.querySelectorAll(isWide ? 'header *, .cards *, h2, h3, tbody th, .scroll' : 'header *, .cards *, h2, h3, tbody th'))
    if (e.scrollWidth > e.clientWidth + 1 && page.defaultView.getComputedStyle(e).display !== 'inline')
      found.push((e.getAttribute('aria-label') ?? e.textContent.slice(0, 40)) + ': ' + e.scrollWidth + ' > ' + e.clientWidth);
  for (const drawing of page.querySelectorAll('svg.drawing')) {
    const frame = drawing.getBoundingClientRect();
    for (const text of drawing.querySelectorAll('text')) {
      const { left, right, top, bottom } = text.getBoundingClientRect();
      if (left < frame.left - 1 || right > frame.right + 1 || top < frame.top - 1 || bottom > frame.bottom + 1)
        found.push('drawing: ' + text.textContent);
    }
    const boxes = [...drawing.querySelectorAll('text:not([transform])')].map((text) => [text.getBoundingClientRect(), text]);
    for (const [i, [a, one]] of boxes.entries())
      for (const [b, other] of boxes.slice(i + 1, i + 6))
        if (a.left < b.right && b.left < a.right && a.top + 3 < b.bottom && b.top + 3 < a.bottom)
          found.push('on one another: ' + one.textContent + ', ' + other.textContent);
  }
  return found;
}`;

/** What of pages lies outside its room in windows of these widths, by page and width. */
function clippedAt(widths: readonly number[], pages: Readonly<Record<string, string>>): unknown {
  const folder = mkdtempSync(join(tmpdir(), 'trifold-widths-'));
  try {
    for (const [name, page] of Object.entries(pages)) writeFileSync(join(folder, `${name}.html`), page);
    const frames = Object.keys(pages).flatMap((name) =>
      widths.map((width) => `<iframe name="${name} ${width}" src="${name}.html" width="${width}"></iframe>`),
    );
    const measure = `addEventListener('load', () => { for (const frame of document.querySelectorAll('iframe'))
      document.title += JSON.stringify([frame.name, clipped(frame.contentWindow)]) + ','; });`;
    writeFileSync(
      join(folder, 'all.html'),
      `<!doctype html><title>[</title>${frames.join('')}<script>${CLIPPED}${measure}</script>`,
    );
    const flags = [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--allow-file-access-from-files',
    ];
    const url = pathToFileURL(join(folder, 'all.html')).href;
    const document = execFileSync(
      chromium!,
      [...flags, `--user-data-dir=${join(folder, 'profile')}`, '--dump-dom', url],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    const title = unescapeHtml(/<title>(.*?)<\/title>/s.exec(document)![1]!);
    return Object.fromEntries(JSON.parse(`${title.slice(0, -1)}]`));
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

describe.skipIf(chromium === undefined)('report in Chromium (skipped where there is none on the PATH)', () => {
  const small = { generations: 3, populationSize: 6, layersPerNetwork: 4, scheduled: 7 };

  it('opens without a word on the console, runs its script and shows the figures of the run, a co-search included', async () => {
    const input = syntheticInput({ ...small, command: 'cosearch' });
    const { best, networks, accuracyFront, layers } = reportModel(input);
    const { document, console } = open((await renderReport(input)).html);
    expect(console).toEqual([]);
    expect(document).toContain('<button type="button">Layer</button>');
    const summary = tableRows(sectionOf(document, 'summary'), 'Energy, latency and EDP against both baselines');
    const { energyPj, cycles, edpPjCycles } = networks[0]!.result!;
    expect(summary[0]!.slice(2, 4)).toEqual([energyPj, cycles]);
    expect(summary[0]).toContain(edpPjCycles);
    const front = tableRows(sectionOf(document, 'accuracy'), 'Networks on the front');
    expect(front.map(([trial, accuracy]) => [trial, accuracy])).toEqual(
      accuracyFront.map(({ trial, network }) => [trial, network.accuracy.reportedTop1Percent]),
    );
    expect(front.some(([trial]) => trial === best!.trial)).toBe(true);
    const rows = tableRows(sectionOf(document, 'layers'), 'Figures of each layer');
    expect(rows.map(([name, , macs, layerCycles]) => [name, macs, layerCycles])).toEqual(
      layers.map((layer) => [layer.name, layer.macs, layer.cycles]),
    );
  });

  it('shows all of it in wide and narrow windows, long names and arrays of many wires included', async () => {
    const long = withRichArrays(
      syntheticInput({ ...small, networks: ['mobilenet-v2', 'resnet50'], hostile: '_of_a_long_name' }),
    );
    const longer = withRichArrays(syntheticInput({ ...small, hostile: 'n'.repeat(80) }));
    const longCosearch = syntheticInput({ ...small, command: 'cosearch', hostile: 'n'.repeat(200) });
    const pages = {
      long: (await renderReport(long)).html,
      longer: (await renderReport(longer)).html,
      cosearch: (await renderReport(syntheticInput({ ...small, command: 'cosearch' }))).html,
      longCosearch: (await renderReport(longCosearch)).html,
      comparison: (await renderComparison(long, longer)).html,
    };
    const widths = [1280, 390];
    const none = Object.keys(pages).flatMap((name) => widths.map((width) => [`${name} ${width}`, []]));
    expect(clippedAt(widths, pages)).toEqual(Object.fromEntries(none));
  });

  it('runs and fetches nothing that a user wrote, and shows it as it is written', async () => {
    const own = `document.title='owned'`;
    const hostile = [
      `"'></title></style></script></svg></pre><img src=x onerror="${own}"><script>${own}</script>`,
      `' onmouseover='${own}' "autofocus onfocus="${own}" \` onload=\`${own}\``,
      `--><!--]]><![CDATA[<svg onload=${own}><iframe srcdoc="<script>parent.${own}</script>"></iframe>`,
      `<base href="https://host.invalid/"><link rel=stylesheet href=//host.invalid/a><meta http-equiv=refresh content="0;url=//host.invalid">`,
      `javascript:${own} data:text/html,<b> }*{background:url(//host.invalid/b)}/* @import '//host.invalid/c';`,
      `{{constructor.constructor("${own}")()}} \${${own}} #{7*7} %s %n <%= 1 %> datum.x ']+signal('x')+['`,
      `&#x202e; &lt;b&gt; &amp;amp; \\u003cscript\\u003e`,
      'turned\u202ehere\u2066 hid\u200bden\u0000',
    ].join(' ');
    const input = syntheticInput({ ...small, command: 'cosearch', hostile });
    const pages = [
      await renderReport(input),
      await renderComparison(input, syntheticInput({ ...small, hostile, seed: 2 })),
    ];
    const shown = shownLines(hostile).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    for (const { html } of pages) {
      const seen = open(html);
      expect(seen.console).toEqual([]);
      expect(seen.document).not.toContain('<title>owned');
      for (const tag of ['img', 'iframe', 'base', 'object', 'embed', 'form'])
        expect(seen.document).not.toMatch(new RegExp(`<${tag}[ >]`));
      expect(seen.document.match(/<script>/g)).toHaveLength(1);
      expect(seen.document.split(shown).length).toBeGreaterThan(5);
      expect(hiddenIn(seen.document)).toEqual([]);
    }
  });

  it('would not run a script that slipped through, and the console would say so', async () => {
    const page = (await renderReport(syntheticInput(small))).html;
    const seen = open(
      page.replace('</main>', `</main><p style="color:red"></p><script>document.title='owned'</script>`),
    );
    expect(seen.console.join('\n')).toMatch(/Content Security Policy/);
    expect(seen.document).not.toContain('<title>owned');
  });
});
