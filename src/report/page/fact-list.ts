import { type Hole, html, type Markup } from './html.ts';

/** Names with their values; a fact without a value (null or undefined) is left out. */
export function factList(facts: readonly (readonly [name: string, value: Hole])[], kind = 'facts'): Markup {
  const stated = facts.filter(([, value]) => value !== null && value !== undefined);
  return html`<dl class="${kind}">${stated.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}
