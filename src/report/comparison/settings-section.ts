import { html, type Markup } from '../page/html.ts';
import { table } from '../page/html-table.ts';
import type { ReportModel } from '../report-model.ts';

/** Settings that are not equal in both, by path of keys; undefined where one has none. */
export function settingDifferences(
  a: Readonly<Record<string, unknown>>,
  b: Readonly<Record<string, unknown>>,
): readonly { readonly path: string; readonly a: unknown; readonly b: unknown }[] {
  const isRecord = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) => {
    const [inA, inB] = [Object.hasOwn(a, key) ? a[key] : undefined, Object.hasOwn(b, key) ? b[key] : undefined];
    if (isRecord(inA) && isRecord(inB))
      return settingDifferences(inA, inB).map((difference) => ({ ...difference, path: `${key}.${difference.path}` }));
    return JSON.stringify(inA) === JSON.stringify(inB) ? [] : [{ path: key, a: inA, b: inB }];
  });
}

/** Settings that differ between the runs, and the commands that repeat them. */
export function settingsSection(a: ReportModel, b: ReportModel): Markup {
  const differences = settingDifferences(settingsOf(a), settingsOf(b));
  const show = (value: unknown) =>
    value === undefined ? 'not set' : typeof value === 'string' ? value : JSON.stringify(value);
  const content =
    differences.length === 0
      ? html`<p>Both runs have the same settings.</p>`
      : table(
          'Settings that differ',
          [
            { name: 'Setting', isText: true },
            { name: 'A', isName: true },
            { name: 'B', isName: true },
          ],
          differences.map(({ path, a: inA, b: inB }) => ({ cells: [path, show(inA), show(inB)] })),
        );
  return html`<section id="reproduce"><h2>Settings</h2>${content}
<h3>A</h3><pre class="command">${a.input.commandLine}</pre><h3>B</h3><pre class="command">${b.input.commandLine}</pre></section>`;
}

function settingsOf({ input, started }: ReportModel): Readonly<Record<string, unknown>> {
  const { strategy, objective, seed, generations, populationSize, technology } = started;
  const own = { version: input.version, strategy, objective, seed, generations, populationSize, technology };
  return { ...own, budget: started.budget?.name, ...input.configuration };
}
