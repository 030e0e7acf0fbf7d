// Draws the pictures of docs/pictures from the real program: `npx tsx scripts/pictures.ts`. Takes some minutes.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { pictureSize, terminalPage } from './terminal-picture.ts';

const ROOT = resolve(import.meta.dirname, '..');
const PICTURES = join(ROOT, 'docs/pictures');
const PROGRAM = join(ROOT, 'dist/cli/main.js');
const TERMINAL = { columns: 110, rows: 32 };
/** Down to the end of the report's summary. */
const REPORT = { width: 1180, height: 685 };
/** The sections on the network and its accuracy alone. */
const COSEARCH_REPORT = { width: 1180, height: 1060 };
const COSEARCH_SECTIONS = ['network', 'accuracy'];
const MOST_BYTES = 260_000;
const DESIGN = ['design', 'squeezenet', '--budget', 'nvdla-256', '--generations', '24', '--seed', '1'];
const COSEARCH = [
  ...['cosearch', '--space', 'ofa-resnet50', '--budget', 'eyeriss', '--min-accuracy', '76', '--search', 'joint'],
  ...['--generations', '16', '--population', '16', '--seed', '1'],
];
/** The search pauses for its portrait once this many of its 24 generations are done: the chart has a course, the end is open. */
const GOOD_MOMENT = /generation +(1[6-9]|2[0-3]) of 24/;

const scratch = mkdtempSync(join(tmpdir(), 'trifold-pictures-'));
const run = join(scratch, 'run');
const cosearchRun = join(scratch, 'cosearch');
const server = `trifold-pictures-${process.pid}`;
const chromium = ['chromium', 'chromium-browser', 'google-chrome'].find(isOnPath);

function isOnPath(command: string): boolean {
  const { error } = spawnSync(command, [command === 'tmux' ? '-V' : '--version'], { stdio: 'ignore' });
  return error === undefined;
}

function missing(): string[] {
  return [
    ...(isOnPath('tmux') ? [] : ['tmux on the PATH']),
    ...(chromium === undefined ? ['Chromium on the PATH'] : []),
    ...(existsSync(PROGRAM) ? [] : ['a built dist/ (npm run build)']),
  ];
}

function tmux(...args: string[]): string {
  return execFileSync('tmux', ['-L', server, '-f', '/dev/null', ...args], { encoding: 'utf8' });
}

/** A line for the shell in the terminal. */
function type(...words: string[]): void {
  tmux('send-keys', '-l', words.map((word) => `'${word}'`).join(' '));
  tmux('send-keys', 'Enter');
}

/** The screen once it shows a text and stands still. */
async function screenWith(text: RegExp, seconds = 10): Promise<string> {
  const deadline = performance.now() + seconds * 1000;
  for (let before = ''; performance.now() < deadline; ) {
    const screen = tmux('capture-pane', '-p');
    const painted = tmux('capture-pane', '-p', '-e');
    if (text.test(screen) && painted === before) return painted;
    before = painted;
    await sleep(100);
  }
  throw new Error(`${text} never came:\n${tmux('capture-pane', '-p')}`);
}

/** A page as PNG: as sharp as it can be below the limit of bytes. */
function screenshot(name: string, page: string, size: { readonly width: number; readonly height: number }): void {
  const file = join(PICTURES, `${name}.png`);
  for (const scale of [2, 1.75, 1.5, 1.25, 1]) {
    execFileSync(
      chromium!,
      [
        ...['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--hide-scrollbars'],
        `--user-data-dir=${join(scratch, 'profile')}`,
        `--force-device-scale-factor=${scale}`,
        `--window-size=${size.width},${size.height}`,
        `--screenshot=${file}`,
        pathToFileURL(page).href,
      ],
      { stdio: 'ignore' },
    );
    const { size: bytes } = statSync(file);
    if (bytes >= MOST_BYTES) continue;
    console.log(`${file}: ${Math.round(bytes / 1000)} kB, scale ${scale}`);
    return;
  }
  throw new Error(`${file} is not below ${MOST_BYTES} bytes at any scale`);
}

function drawTerminal(name: string, screen: string): void {
  const page = join(scratch, `${name}.html`);
  writeFileSync(page, terminalPage(screen, TERMINAL));
  screenshot(name, page, pictureSize(TERMINAL));
}

async function drawLiveView(): Promise<void> {
  const { columns, rows } = TERMINAL;
  const shell = 'env -u CI -u NO_COLOR PS1="$ " sh';
  tmux('new-session', '-d', '-x', String(columns), '-y', String(rows), '-c', ROOT, shell);
  tmux('set-option', '-g', 'status', 'off');
  type(process.execPath, PROGRAM, ...DESIGN, '--out', run);
  for (const deadline = performance.now() + 600_000; !GOOD_MOMENT.test(tmux('capture-pane', '-p')); await sleep(50))
    if (performance.now() > deadline) throw new Error(`the search never came far:\n${tmux('capture-pane', '-p')}`);
  tmux('send-keys', 'p');
  drawTerminal('live-progress', await screenWith(/● paused[\s\S]*EDP, pJ·cycles/));
  tmux('send-keys', '2');
  drawTerminal('live-accelerator', await screenWith(/PE array/));
  tmux('send-keys', 'p');
  await screenWith(/written to [\s\S]*\$\s*$/, 120);
  type(process.execPath, PROGRAM, 'watch', run);
  await screenWith(/● finished/);
  tmux('send-keys', '3');
  await screenWith(/▸ conv1/);
  tmux('send-keys', 'Down', 'Down', 'Down');
  drawTerminal('live-layers', await screenWith(/▸ fire2\.expand3x3/));
  tmux('send-keys', 'q');
  await screenWith(/\$\s*$/);
  type(process.execPath, PROGRAM, 'watch', cosearchRun);
  await screenWith(/● finished/);
  tmux('send-keys', '4');
  drawTerminal('live-cosearch', await screenWith(/accuracy against EDP/));
  tmux('send-keys', 'q');
}

/** @param sections those to show, without the head of the page; the whole page from its top by default */
function drawReport(name: string, directory: string, size: typeof REPORT, sections?: readonly string[]): void {
  const folder = join(scratch, name);
  execFileSync(process.execPath, [PROGRAM, 'report', directory, '--out', folder], { stdio: 'ignore' });
  const page = join(folder, 'report.html');
  if (sections !== undefined) {
    const html = readFileSync(page, 'utf8')
      .replace(/<header>.*?<\/nav>/s, '')
      .replace(/<section id="([^"]*)">.*?<\/section>/gs, (section, id: string) =>
        sections.includes(id) ? section : '',
      );
    writeFileSync(page, html);
  }
  screenshot(name, page, size);
}

try {
  const lacks = missing();
  if (lacks.length > 0) {
    console.error(`pictures need ${lacks.join(' and ')}; nothing was drawn`);
    process.exitCode = 2;
  } else {
    mkdirSync(PICTURES, { recursive: true });
    execFileSync(process.execPath, [PROGRAM, ...COSEARCH, '--out', cosearchRun, '--quiet'], { stdio: 'ignore' });
    await drawLiveView();
    drawReport('report', run, REPORT);
    drawReport('report-cosearch', cosearchRun, COSEARCH_REPORT, COSEARCH_SECTIONS);
  }
} finally {
  spawnSync('tmux', ['-L', server, 'kill-server'], { stdio: 'ignore' });
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
