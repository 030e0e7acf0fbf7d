import type { MappingProof } from '../../search/mapping/map-layer.ts';
import type { StopFlag } from '../../util/stop-flag.ts';
import type { NetworkReport } from '../explain/evaluate.ts';
import type { MappedNetwork } from './map-network.ts';
import type { ScheduleAnswer } from './schedule-answer.ts';

/** A network with its final mappings. */
export interface FinalNetwork extends Omit<MappedNetwork, 'proofs'> {
  /** Factors that the proofs are about. */
  readonly factors: 'perfect' | 'imperfect';
  /** Per layer, of its own EDP; null where the network as a whole is better served by another mapping than the layer. */
  readonly proofs: readonly (MappingProof | null)[];
  /** EDP with the best mapping of every layer on its own, with the factors of the network as a whole. */
  readonly layerWiseEdpPjCycles: number;
  /** No choice of mappings with perfect factors has a smaller EDP of the network; null where that was not solved. */
  readonly networkWise: { readonly lowerBound: number; readonly optimal: boolean } | null;
  /** EDP with perfect factors alone; null where only others were tried. */
  readonly perfectEdpPjCycles: number | null;
  /** Layers, repeats not counted, that other factors serve better than those of the network as a whole. */
  readonly replacedLayers: number;
  /** Whether the time for final mappings ended before all was tried: these are the best so far. */
  readonly isStopped: boolean;
  /** No choice of mappings with these factors has a smaller EDP of the network; null where nothing is known, as of sampled mappers. */
  readonly bound: { readonly edpPjCycles: number; readonly factors: FinalNetwork['factors'] } | null;
  /** What stays on chip between layers, with the best mappings that keep nothing there; null where nothing does. */
  readonly schedule: { readonly answer: ScheduleAnswer; readonly islands: NetworkReport } | null;
}

/** When final mappings end, and who hears how far they are. */
export interface FinalCourse {
  /** Ends them with the best so far; absent = when all is done. */
  readonly stop?: StopFlag | undefined;
  /** Told before each step what it is about. */
  readonly step?: (text: string) => void;
}
