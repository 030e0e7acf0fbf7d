import type { Staying } from '../../../app/layers/network-answer.ts';
import { counted } from '../format.ts';

/**
 * What stays on chip between the layers of several answers, in words; null where each was asked to leave every layer on its own.
 * @param one what an answer is of, e.g. `point`
 */
export function stayingText(
  answers: readonly { readonly figures: { readonly staying: Staying } | null }[],
  one: string,
): string | null {
  const counts = new Map<string, number>();
  for (const { figures } of answers) {
    if (figures === null) continue;
    const text = textOf(figures.staying);
    if (text !== null) counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  if (counts.size < 2) return [...counts.keys()][0] ?? null;
  return [...counts].map(([text, count]) => `${counted(count, one)}: ${text}`).join('; ');
}

function textOf(staying: Staying): string | null {
  if (staying.mode !== 'off') return `${staying.mode} in ${staying.level}`;
  return staying.reason === null ? null : nothingStays(staying.reason);
}

/** That nothing stays between layers, and why. */
export function nothingStays(reason: string): string {
  return `nothing stays between layers: ${reason}`;
}
