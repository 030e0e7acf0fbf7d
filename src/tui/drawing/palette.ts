import { asciiText } from '../terminal/ascii.ts';

/** Colours of a terminal: none (also NO_COLOR), the 16 of ANSI, or 256 and more. */
export type ColorDepth = 'none' | '16' | '256';

/** Abilities of a terminal. */
export interface TerminalLook {
  readonly depth: ColorDepth;
  /** Whether it shows nothing beyond ASCII. */
  readonly isAscii: boolean;
}

/** Meaning of a piece of a drawing, from which its look follows. */
export type Style = keyof typeof STYLES;

/** A run of characters of one style. */
export interface Span {
  readonly text: string;
  readonly style: Style;
}

/** A line of a drawing. */
export type Line = readonly Span[];

interface Look {
  /** SGR parameters with 16 colours. */
  readonly ansi: string;
  /** SGR parameters with 256 colours. */
  readonly wide: string;
  /** SGR parameters without colour: weight and inversion only. */
  readonly plain: string;
  /** Replaces filled blocks where there is no colour to tell them apart. */
  readonly fill?: string;
}

const STYLES = {
  text: look('', '', ''),
  strong: look('1', '1', '1'),
  dim: look('2', '38;5;245', ''),
  faint: look('2', '38;5;240', ''),
  heading: look('1;36', '1;38;5;74', '1'),
  selected: look('7', '7', '7'),
  accent: look('36', '38;5;74', ''),
  good: look('32', '38;5;71', ''),
  warning: look('33', '38;5;179', ''),
  bad: look('31', '38;5;167', '1'),
  best: look('32', '38;5;71', '1'),
  mean: look('33', '38;5;137', ''),
  published: look('35', '38;5;140', ''),
  optimal: look('36', '38;5;74', ''),
  weights: look('94', '38;5;68', ''),
  inputs: look('32', '38;5;71', ''),
  outputs: look('33', '38;5;173', ''),
  element: look('37', '38;5;250', ''),
  mac: look('37', '38;5;248', '', '░'),
  level0: look('31', '38;5;167', '', '█'),
  level1: look('33', '38;5;179', '', '▓'),
  level2: look('36', '38;5;73', '', '▒'),
  level3: look('35', '38;5;140', '', '▚'),
  level4: look('94', '38;5;68', '', '▞'),
  level5: look('32', '38;5;71', '', '▤'),
} as const satisfies Record<string, Look>;

function look(ansi: string, wide: string, plain: string, fill?: string): Look {
  return fill === undefined ? { ansi, wide, plain } : { ansi, wide, plain, fill };
}

/** Style of a storage level by its place, outermost = 0. */
export function levelStyle(index: number): Style {
  return (['level0', 'level1', 'level2', 'level3', 'level4', 'level5'] as const)[Math.min(index, 5)]!;
}

/** Style of the MACs or of a storage level of a split whose first entry is the MACs. */
export function splitStyle(index: number): Style {
  return index === 0 ? 'mac' : levelStyle(index - 1);
}

/** A line as terminal text with SGR sequences, every one of them closed at its end; without the blanks at its end. */
export function paintLine(line: Line, look: TerminalLook): string {
  const last = line.findLastIndex(({ text }) => text.trimEnd() !== '');
  const shown = line.slice(0, last + 1).map((span, i) => (i === last ? { ...span, text: span.text.trimEnd() } : span));
  return shown.map(({ text, style }) => paintText(text, STYLES[style], look)).join('');
}

function paintText(text: string, style: Look, { depth, isAscii }: TerminalLook): string {
  const filled = depth !== 'none' || style.fill === undefined ? text : text.replace(/[█■]/g, style.fill);
  const shown = isAscii ? asciiText(filled) : filled;
  const codes = depth === 'none' ? style.plain : depth === '16' ? style.ansi : style.wide;
  return codes === '' ? shown : `\x1b[${codes}m${shown}\x1b[0m`;
}

/** Colours that a stream shows. @param bits as `tty.WriteStream.getColorDepth` gives them: 1, 4, 8 or 24 */
export function colorDepthOf(bits: number, environment: Readonly<Record<string, string | undefined>>): ColorDepth {
  if ((environment.NO_COLOR ?? '') !== '') return 'none';
  return bits >= 8 ? '256' : bits >= 4 ? '16' : 'none';
}
