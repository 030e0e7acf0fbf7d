import type { CorrelationEvent } from '../../search/run-events.ts';
import { TRADE_OFFS } from './design-points.ts';
import type { RunView } from './run-view.ts';

/** A chart that the Pareto page can show. */
export type ParetoPicture =
  /** Accuracy against EDP, of a co-search. */
  | { readonly kind: 'accuracy' }
  /** Two figures of the same networks side by side. */
  | { readonly kind: 'correlation'; readonly correlation: CorrelationEvent }
  /** A pair of figures of all designs: index into {@link TRADE_OFFS}. */
  | { readonly kind: 'designs'; readonly index: number };

/** The charts that there are for a run, the most informative first; empty before the first scored design. */
export function paretoPictures(
  view: Pick<RunView, 'accuracyFront' | 'correlations' | 'points'>,
): readonly ParetoPicture[] {
  return [
    ...(view.accuracyFront.length === 0 ? [] : [{ kind: 'accuracy' } as const]),
    ...view.correlations.map((correlation) => ({ kind: 'correlation', correlation }) as const),
    ...(view.points.seen === 0 ? [] : TRADE_OFFS.map((_, index) => ({ kind: 'designs', index }) as const)),
  ];
}
