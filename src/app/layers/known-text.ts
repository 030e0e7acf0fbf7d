import type { KnownSoFar } from '../../search/schedule/search-schedule.ts';
import { percentText } from '../../util/quantity-text.ts';

/**
 * A step of a run with what its search of schedules knows so far: `the network as a whole (edp 8.533e+14, gap <= 3.1 %, 57 steps mapped)`. The gap is between
 * the best schedule met and what none falls below.
 */
export function knownText(
  step: string,
  objective: string,
  { value, lowerBound, asked, inSegments }: KnownSoFar,
): string {
  const gap = value !== null && lowerBound > 0 ? [`gap <= ${percentText(value / lowerBound - 1)}`] : [];
  const best = value === null ? 'no schedule yet' : `${objective} ${value.toExponential(3)}`;
  const facts = [best, ...gap, `${asked} steps mapped`, ...(inSegments ? ['now segments'] : [])];
  return `${step} (${facts.join(', ')})`;
}
