/** Size of one character cell of a picture, in CSS pixels. */
const CELL = { width: 9, height: 18, fontSize: 14.95 };
const PADDING = 18;
const COLOURS = { background: '#14171c', text: '#d5d9e0' };
const ANSI_16 = [
  ...['#1c1f26', '#e06c75', '#98c379', '#d9a45f', '#61afef', '#c678dd', '#56b6c2', '#c8ccd4'],
  ...['#6b7280', '#ef8a92', '#b3d99a', '#ecc27f', '#85c3f7', '#d79aea', '#7fcdd6', '#ffffff'],
];

/** Thin lines of a box character from the middle of its cell: up, right, down, left. */
const THIN_LINES: Readonly<Record<string, string>> = {
  ...{ '─': 'rl', '│': 'ud', '┌': 'rd', '┐': 'dl', '└': 'ur', '┘': 'ul' },
  ...{ '├': 'urd', '┤': 'udl', '┬': 'rdl', '┴': 'url', '┼': 'urdl' },
};

interface Look {
  readonly foreground: string | null;
  readonly background: string | null;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly inverse: boolean;
}

interface Cell extends Look {
  readonly character: string;
}

const PLAIN: Look = { foreground: null, background: null, bold: false, dim: false, inverse: false };

/** A screen as a terminal tells it (text with SGR sequences, every character one cell wide) as one HTML page that is the picture of it. */
export function terminalPage(screen: string, size: { readonly columns: number; readonly rows: number }): string {
  const { width, height } = pictureSize(size);
  const lines = screen.split('\n').slice(0, size.rows);
  const drawn = lines.map((line, row) => drawLine(cellsOf(line).slice(0, size.columns), row)).join('\n');
  return `<!doctype html><meta charset="utf-8"><style>
body { margin: 0; background: ${COLOURS.background}; }
svg { font-family: 'DejaVu Sans Mono', 'Liberation Mono', monospace; font-size: ${CELL.fontSize}px; white-space: pre; }
</style>
<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" style="display: block"><g transform="translate(${PADDING} ${PADDING})">
${drawn}
</g></svg>`;
}

/** Width and height of such a page in CSS pixels. */
export function pictureSize({ columns, rows }: { readonly columns: number; readonly rows: number }): {
  readonly width: number;
  readonly height: number;
} {
  return { width: columns * CELL.width + 2 * PADDING, height: rows * CELL.height + 2 * PADDING };
}

function cellsOf(line: string): Cell[] {
  const cells: Cell[] = [];
  let look = PLAIN;
  // Odd pieces are the parameters of an SGR sequence, even ones the text between them.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal sequence starts with one
  line.split(/\x1b\[([0-9;]*)m/).forEach((piece, i) => {
    if (i % 2 === 1) look = lookAfter(look, piece === '' ? [0] : piece.split(';').map(Number));
    else for (const character of piece) cells.push({ ...look, character });
  });
  return cells;
}

function lookAfter(before: Look, parameters: readonly number[]): Look {
  let look = before;
  for (let i = 0; i < parameters.length; i++) {
    const code = parameters[i]!;
    if (code === 0) look = PLAIN;
    else if (code === 1) look = { ...look, bold: true };
    else if (code === 2) look = { ...look, dim: true };
    else if (code === 7) look = { ...look, inverse: true };
    else if (code === 22) look = { ...look, bold: false, dim: false };
    else if (code === 27) look = { ...look, inverse: false };
    else if (code === 38 || code === 48) {
      const isIndexed = parameters[i + 1] === 5;
      const colour = isIndexed ? indexedColour(parameters[i + 2]!) : `rgb(${parameters.slice(i + 2, i + 5).join(' ')})`;
      look = code === 38 ? { ...look, foreground: colour } : { ...look, background: colour };
      i += isIndexed ? 2 : 4;
    } else if (code === 39) look = { ...look, foreground: null };
    else if (code === 49) look = { ...look, background: null };
    else if (code >= 30 && code <= 37) look = { ...look, foreground: ANSI_16[code - 30]! };
    else if (code >= 90 && code <= 97) look = { ...look, foreground: ANSI_16[code - 82]! };
    else if (code >= 40 && code <= 47) look = { ...look, background: ANSI_16[code - 40]! };
    else throw new Error(`SGR parameter ${code} is not one that the picture can draw`);
  }
  return look;
}

/** Colour of the 256: 16 of ANSI, a cube of 6 x 6 x 6, 24 greys. */
function indexedColour(index: number): string {
  if (index < 16) return ANSI_16[index]!;
  if (index >= 232) return `rgb(${[0, 0, 0].fill(8 + 10 * (index - 232)).join(' ')})`;
  const channel = (step: number) => (step === 0 ? 0 : 55 + 40 * step);
  const cube = index - 16;
  return `rgb(${channel(Math.floor(cube / 36))} ${channel(Math.floor(cube / 6) % 6)} ${channel(cube % 6)})`;
}

function drawLine(cells: readonly Cell[], row: number): string {
  const y = row * CELL.height;
  return cells
    .map((cell, column) => {
      const x = column * CELL.width;
      const [ink, paper] = cell.inverse
        ? [cell.background ?? COLOURS.background, cell.foreground ?? COLOURS.text]
        : [cell.foreground ?? COLOURS.text, cell.background];
      const behind = paper === null ? '' : rectangle(x, y, CELL.width, CELL.height, paper);
      return behind + drawCharacter(cell, x, y, ink);
    })
    .join('');
}

function drawCharacter({ character, bold, dim }: Cell, x: number, y: number, ink: string): string {
  if (character === ' ') return '';
  const code = character.codePointAt(0)!;
  if (code >= 0x2800 && code <= 0x28ff) return brailleDots(code - 0x2800, x, y, ink);
  if (character === '█') return rectangle(x, y + 1, CELL.width, CELL.height - 2, ink);
  const middle = y + CELL.height / 2;
  const arms = THIN_LINES[character];
  if (arms !== undefined) return thinLines(arms, x, y, ink);
  if (character === '━') return rectangle(x, middle - 1.5, CELL.width, 3, ink);
  if (character === '╸') return rectangle(x, middle - 1.5, CELL.width / 2, 3, ink);
  const style = `${bold ? ' font-weight="bold"' : ''}${dim ? ' opacity="0.6"' : ''}`;
  return `<text x="${x}" y="${y + 14}" fill="${ink}"${style}>${escaped(character)}</text>`;
}

function thinLines(arms: string, x: number, y: number, ink: string): string {
  const [left, top] = [x + 4, y + 8];
  return [
    arms.includes('u') ? rectangle(left, y, 1, 9, ink) : '',
    arms.includes('d') ? rectangle(left, top, 1, CELL.height - 8, ink) : '',
    arms.includes('l') ? rectangle(x, top, 5, 1, ink) : '',
    arms.includes('r') ? rectangle(left, top, CELL.width - 4, 1, ink) : '',
  ].join('');
}

/** The eight dots of a braille pattern, two columns of four, on a grid that goes on in the next cell. */
function brailleDots(pattern: number, x: number, y: number, ink: string): string {
  const places = [
    [0, 0],
    [0, 1],
    [0, 2],
    [1, 0],
    [1, 1],
    [1, 2],
    [0, 3],
    [1, 3],
  ] as const;
  return places
    .filter((_, bit) => (pattern >> bit) & 1)
    .map(([column, row]) => {
      const cx = x + (column + 0.5) * (CELL.width / 2);
      const cy = y + (row + 0.5) * (CELL.height / 4);
      return `<circle cx="${cx}" cy="${cy}" r="1.5" fill="${ink}"/>`;
    })
    .join('');
}

function rectangle(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}" shape-rendering="crispEdges"/>`;
}

function escaped(character: string): string {
  return character === '<' ? '&lt;' : character === '&' ? '&amp;' : character;
}
