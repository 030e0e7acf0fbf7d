import { html, type Markup } from './html.ts';

/** Marks a page as ours and names the files that it came with, so that a later report replaces these and nothing else. */
export function pageMark(files: readonly string[]): Markup {
  return html`<meta name="generator" content="Trifold">
<meta name="trifold-files" content="${files.join(' ')}">`;
}

/** Files that pages without {@link pageMark}, by older versions, came with. */
const UNMARKED = [
  ...['summary', 'layers', 'energy', 'trials', 'front', 'accuracy-front', 'correlation'],
  ...['correlation-1', 'correlation-2', 'correlation-3', 'correlation-4'],
].map((name) => `${name}.csv`);

/** The files that a page came with, without itself; null for a page that is not ours. */
export function pageFiles(page: string): readonly string[] | null {
  const end = page.indexOf('</head>');
  const head = page.slice(0, end);
  if (end < 0) return null;
  if (!head.includes('<meta name="generator" content="Trifold">'))
    return page.includes('<p class="eyebrow">Trifold report</p>') ? UNMARKED : null;
  const [, files = ''] = /<meta name="trifold-files" content="([\w. -]*)">/.exec(head) ?? [];
  return files.split(' ').filter((name) => /^[\w-]+\.csv$/.test(name));
}
