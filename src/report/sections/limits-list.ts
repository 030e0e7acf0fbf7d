import { html, type Markup } from '../page/html.ts';

/** What figures leave out, under a heading; null where nothing is known of it. */
export function limitsList(heading: string, sentences: readonly string[]): Markup | null {
  if (sentences.length === 0) return null;
  return html`<h3>${heading}</h3><ul class="plain">${sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul>`;
}
