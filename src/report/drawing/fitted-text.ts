/** Mean width of a character of common sans-serif fonts as a share of the font size: plain, and bold or in capitals. */
const CHARACTER_WIDTH = { plain: 0.55, strong: 0.6 } as const;
/** Font size of drawings in CSS pixels. */
const FONT_SIZE = 13;

/** Weight of a text in a drawing. */
export type Weight = keyof typeof CHARACTER_WIDTH;

/** Width of a text in CSS pixels, on average over fonts. */
export function textWidth(text: string, weight: Weight): number {
  return [...text].length * FONT_SIZE * CHARACTER_WIDTH[weight];
}

/** A text of at most `width` CSS pixels: what is too long loses its middle. */
export function shortened(text: string, width: number, weight: Weight): string {
  const room = Math.max(3, Math.floor(width / textWidth('m', weight)));
  const characters = [...text];
  if (characters.length <= room) return text;
  const tail = Math.floor((room - 1) / 2);
  return `${characters.slice(0, room - 1 - tail).join('')}\u2026${characters.slice(characters.length - tail).join('')}`;
}

/** A text in lines of at most `width` CSS pixels, broken at spaces; words that are too long lose their middle. */
export function textLines(text: string, width: number, weight: Weight): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').map((one) => shortened(one, width, weight))) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && textWidth(longer, weight) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
