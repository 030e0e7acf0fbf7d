import { schedulesOf } from '../search/run-figures.ts';
import { Canvas, fitText } from './drawing/canvas.ts';
import type { Line, Style } from './drawing/palette.ts';
import { elapsedSeconds, type RunView } from './state/run-view.ts';
import { type Controls, openPage, pagesOf, type UiState } from './state/ui-state.ts';
import { formatDuration } from './text/terminal-figures.ts';

/** Columns and rows of a terminal. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** The smallest terminal that the pages are made for; smaller ones show the top left of it. */
export const SMALLEST: Size = { columns: 60, rows: 15 };

/** Rows that header and footer take. */
export function frameRows(size: Size): { readonly header: number; readonly footer: number; readonly body: number } {
  const header = size.rows >= 20 ? 3 : 2;
  return { header, footer: 1, body: Math.max(0, size.rows - header - 1) };
}

/** Header: the run, its status and time, and the tabs. */
export function headerLines(size: Size, view: RunView, ui: UiState): Line[] {
  const { header } = frameRows(size);
  const canvas = Canvas.create(size.columns, header);
  const status = statusOf(view, ui);
  const seconds = elapsedSeconds(view);
  const time = seconds === null ? '' : `  ${formatDuration(seconds)}`;
  const end = canvas.width - 1 - time.length;
  canvas.text(end, 0, time, 'dim');
  const statusStart = canvas.textRight(end, 0, `● ${status.text}`, status.style);
  const titleEnd = canvas.text(
    canvas.text(1, 0, 'trifold', 'heading') + 2,
    0,
    titleOf(view),
    'strong',
    statusStart - 12,
  );
  const room = statusStart - titleEnd - 4;
  let details = '';
  for (const part of detailsOf(view)) {
    const longer = details === '' ? part : `${details} · ${part}`;
    if (longer.length > room) break;
    details = longer;
  }
  canvas.text(titleEnd + 2, 0, details, 'dim');
  drawTabs(canvas, view, ui);
  if (header > 2) canvas.text(0, 2, '─'.repeat(canvas.width), 'faint');
  return canvas.lines();
}

/** Pages with their keys, as far apart as there is room. */
function drawTabs(canvas: Canvas, view: RunView, ui: UiState): void {
  const names = pagesOf(view).map((name, i) => `${i + 1} ${name}`);
  const padded = names.map((name) => ` ${name} `);
  const width = padded.join(' ').length;
  const [texts, gap] = width + 6 <= canvas.width ? [padded, 1] : width < canvas.width ? [padded, 0] : [names, 1];
  const open = openPage(ui, view);
  let x = 1;
  texts.forEach((text, i) => {
    const isOpen = pagesOf(view)[i] === open && !ui.helpOpen;
    x = canvas.text(x, 1, text, isOpen ? 'selected' : 'dim') + gap;
  });
}

/** The keys, and the answer to the last one. */
export function footerLines(size: Size, view: RunView, ui: UiState, { readOnly, keepsFolder }: Controls): Line[] {
  const canvas = Canvas.create(size.columns, 1);
  const keys: [string, string][] =
    readOnly || view.status === 'finished'
      ? [['q', 'leave']]
      : [
          ['q', 'end and save'],
          ['p', ui.paused ? 'go on' : 'pause'],
          ...(keepsFolder ? [['r', 'report'] satisfies [string, string]] : []),
        ];
  keys.push(['?', 'help']);
  const page = openPage(ui, view);
  if (page === 'Layers') keys.push(['↑↓', 'select'], ['Enter', ui.layerOpen ? 'back' : 'mapping']);
  if (page === 'Network') keys.push(['↑↓', 'select']);
  if (page === 'Network' && schedulesOf(view).length > 1) keys.push(['◄►', 'network']);
  // A message comes first: keys that leave it no room are left out, but for the help that names them.
  const width = (shown: readonly [string, string][]) =>
    shown.reduce((sum, [key, text]) => sum + key.length + 1 + text.length + 3, 1);
  const shown = keys.filter(
    ([key], i) =>
      key === '?' || ui.message === '' || width(keys.slice(0, i + 1)) + ui.message.length + 12 < size.columns,
  );
  let x = 1;
  for (const [key, text] of shown) x = canvas.text(canvas.text(x, 0, key, 'strong') + 1, 0, text, 'dim') + 3;
  const room = canvas.width - x - 1;
  if (ui.message !== '' && room > 3) canvas.textRight(canvas.width - 1, 0, fitMessage(ui.message, room), 'accent');
  return canvas.lines();
}

/** A message in `width` columns: of a path that is too long its end counts, and what it is about. */
function fitMessage(message: string, width: number): string {
  if (message.length <= width) return message;
  const head = /^[^:]*: /.exec(message)?.[0] ?? '';
  if (head === '' || head.length + 8 > width) return fitText(message, width);
  return `${head}…${message.slice(message.length - (width - head.length - 1))}`;
}

function statusOf(view: RunView, ui: UiState): { text: string; style: Style } {
  if (view.status === 'finished') return { text: `finished: ${view.finished?.reason ?? ''}`, style: 'accent' };
  if (!view.isAttended) return { text: 'nobody works on it', style: 'warning' };
  if (ui.ending) return { text: 'ending', style: 'warning' };
  if (ui.paused || view.paused) return { text: 'paused', style: 'warning' };
  return view.status === 'running' ? { text: 'running', style: 'good' } : { text: 'waiting', style: 'dim' };
}

function titleOf({ started }: RunView): string {
  if (started === null) return '';
  const networks = started.space?.name ?? started.networks.map((network) => network.name).join(' + ');
  return `${started.command} ${networks}`;
}

/** The most important first. */
function detailsOf({ started }: RunView): string[] {
  if (started === null) return [];
  const on = started.accelerator ?? (started.budget === undefined ? '' : `budget ${started.budget.name}`);
  const floor = started.space?.floorPercent ?? null;
  return [
    on,
    floor === null ? '' : `top-1 ≥ ${floor} %`,
    started.strategy,
    started.objective,
    `seed ${started.seed}`,
  ].filter((part) => part !== '');
}
