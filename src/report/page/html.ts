import { createHash } from 'node:crypto';
import { shownLines } from '../../util/shown-text.ts';

/** Markup that is safe to put into a page as it stands. Only {@link html} and {@link trusted} make it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

/** A value for a hole of an {@link html} template. Strings and numbers are escaped; null and undefined give nothing. */
export type Hole = Markup | string | number | null | undefined | readonly Hole[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/**
 * Text as it may stand between tags and inside quoted attributes. Control characters that HTML does not allow, characters that turn
 * the direction of text or do not show (they could disguise a name) and halves of surrogate pairs are shown as escapes.
 */
export function escapeHtml(text: string): string {
  return cleanText(text).replace(/[&<>"'`]/g, (character) => ENTITIES[character]!);
}

/** Text with escapes for the characters that {@link escapeHtml} does not let through, for those who escape markup themselves. */
export function cleanText(text: string): string {
  return shownLines(text.replace(/\r\n?/g, '\n'));
}

/** Template for markup: every hole is escaped unless it is markup itself. Attribute values must stand in double quotes. */
export function html(parts: TemplateStringsArray, ...holes: readonly Hole[]): Markup {
  let text = parts[0]!;
  holes.forEach((hole, index) => {
    text += fill(hole) + parts[index + 1]!;
  });
  return new Markup(text);
}

/** Markup from text that was written or generated here, never from a user's. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

/** The parts of a whole page. `style` and `script` are texts of this program, never a user's. */
export interface Page {
  readonly title: string;
  /** Further markup of the head. */
  readonly head?: Markup;
  readonly style: string;
  readonly script: string;
  readonly body: Markup;
}

/**
 * A self-contained page. Its content security policy allows exactly this style and this script (by hash) and nothing from anywhere,
 * so that even a string that slipped through could neither run nor call home.
 */
export function renderPage({ title, head, style, script, body }: Page): string {
  const policy = [
    "default-src 'none'",
    `style-src '${sha256(style)}'`,
    `script-src '${sha256(script)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
${head}
<link rel="icon" href="data:,">
<style>${trusted(style)}</style>
</head>
<body>
${body}
<script>${trusted(script)}</script>
</body>
</html>
`;
  return page.text;
}

function fill(hole: Hole): string {
  if (hole === null || hole === undefined) return '';
  if (hole instanceof Markup) return hole.text;
  if (typeof hole === 'string') return escapeHtml(hole);
  if (typeof hole === 'number') return String(hole);
  return hole.map(fill).join('');
}

function sha256(text: string): string {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
}
