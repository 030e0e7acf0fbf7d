/** The character that starts a terminal sequence. */
export const ESC = String.fromCharCode(0x1b);

/** Every SGR sequence (colour, weight, inversion) of a text. */
export const SGR = new RegExp(`${ESC}\\[[0-9;]*m`, 'g');

/** Text without its SGR sequences. */
export function stripped(text: string): string {
  return text.replace(SGR, '');
}
