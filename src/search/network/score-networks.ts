import type { Accelerator } from '../../accelerator/accelerator.ts';
import { buildAccelerator } from '../../accelerator/build.ts';
import type { AcceleratorSpecification } from '../../accelerator/specification.ts';
import type { Technology } from '../../accelerator/technology.ts';
import { besideCost, needsLayersOnly } from '../../cost/link-cost.ts';
import type { WordBits } from '../../workload/network.ts';
import { evaluateCandidate, type LayerMapper } from '../accelerator/evaluate-candidate.ts';
import { LayerMemo, type RememberedOutcome } from '../accelerator/layer-memo.ts';
import { networkEdp, type PreparedLayer, type PreparedNetwork, prepareNetwork } from '../accelerator/network-score.ts';
import { type Factors, type LayerBound, layerBound } from '../mapping/bounds/layer-bound.ts';
import { type LayerDemand, layerDemand } from '../mapping/bounds/layer-demand.ts';
import type { EvaluationCounters } from '../ports.ts';
import type { Genotype } from './spaces/genes.ts';
import type { NetworkSpace } from './spaces/network-space.ts';

/** A layer whose figures are known, by its key. Plain JSON. */
export type KnownLayer = readonly [key: string, outcome: RememberedOutcome];

/** A network of an item, with what decides whether it is worth mapping. */
export interface ScoreEntry {
  readonly genotype: Genotype;
  /** Top-1 accuracy in percent that the search compares. */
  readonly top1Percent: number;
}

/** Which networks need no exact figures. */
export type KeepRule =
  /** All but the best `count`; `edps` are the figures of networks that compete with them, in pJ * cycles. */
  | { readonly kind: 'best'; readonly count: number; readonly edps: readonly number[] }
  /** Those that another one beats in accuracy and EDP; `points` are the figures of networks that compete with them. */
  | { readonly kind: 'front'; readonly points: readonly (readonly [top1Percent: number, edpPjCycles: number])[] };

/** One accelerator with networks to score. Plain JSON: it may travel to a worker. */
export interface ScoreItem {
  readonly trial: number;
  readonly specification: AcceleratorSpecification;
  readonly networks: readonly ScoreEntry[];
  readonly keep: KeepRule;
  /** EDP in pJ * cycles beyond which a network is of no interest; null = none. */
  readonly cutoffPjCycles: number | null;
  readonly known: readonly KnownLayer[];
}

/** Cost of a network on an accelerator, or why it has none. Plain JSON. */
export type ScoredNetwork =
  | { readonly kind: 'scored'; readonly energyPj: number; readonly cycles: number; readonly edpPjCycles: number }
  /** Not worth mapping to the end; its EDP is above the bound. */
  | { readonly kind: 'stopped'; readonly boundPjCycles: number }
  | { readonly kind: 'unmappable'; readonly reason: string };

/** Answer to a {@link ScoreItem}. Plain JSON; a function of the item and of those of the same trial before it. */
export interface ScoreAnswer {
  readonly trial: number;
  /** In the order of the item. */
  readonly networks: readonly ScoredNetwork[];
  /** Layers that were not known before, or not as far. */
  readonly learned: readonly KnownLayer[];
  readonly counters: EvaluationCounters;
}

/** Scores networks on accelerators, here or on other threads. */
export interface NetworkScorer {
  /** Answers in the order of the items, whatever the order of the work. @param signal ends the work: rejected with its reason @param onAnswer told how many are there */
  score(
    items: readonly ScoreItem[],
    signal?: AbortSignal,
    onAnswer?: (done: number) => void,
  ): Promise<readonly ScoreAnswer[]>;
}

/** Setting of a scorer. */
export interface ScorerOptions {
  readonly space: NetworkSpace;
  readonly wordBits: WordBits;
  readonly technology: Technology;
  readonly mapper: LayerMapper;
  /** Factors that the mapper uses; the bounds depend on them. */
  readonly factors: Factors;
}

/** Prepared networks that a scorer remembers. */
const NETWORKS_REMEMBERED = 512;

/**
 * A function that scores one item: what a worker thread runs. Networks are mapped in the order of their lower bounds, so that good
 * ones come first and the bounds of the others rule them out; layers of equal shape are mapped once per accelerator.
 */
export function itemScorer(options: ScorerOptions): (item: ScoreItem) => ScoreAnswer {
  const { space, wordBits, technology, mapper, factors } = options;
  const demands = new Map<string, LayerDemand>();
  const networks = new Map<string, PreparedNetwork>();
  const prepare = (genotype: Genotype, isLayersOnly: boolean): PreparedNetwork => {
    const key = `${isLayersOnly ? 'layers' : 'all'}:${space.key(genotype)}`;
    const known = networks.get(key);
    if (known !== undefined) return known;
    const made = prepareNetwork(space.build(genotype, { batch: 1, wordBits, isLayersOnly }), (layer, shape) => {
      const demand = demands.get(shape) ?? layerDemand(layer);
      demands.set(shape, demand);
      return demand;
    });
    if (networks.size >= NETWORKS_REMEMBERED) networks.clear();
    networks.set(key, made);
    return made;
  };
  return (item) => {
    const accelerator = buildAccelerator(item.specification, technology);
    const memo = new LayerMemo(1);
    const remembered = memo.layersOf(accelerator);
    const before = new Map(item.known);
    for (const [key, outcome] of item.known) remembered.set(key, outcome);
    const bounds = boundsOn(accelerator, factors, before);
    const places = item.networks.map(({ genotype, top1Percent }, place) => {
      const network = prepare(genotype, needsLayersOnly(accelerator));
      return {
        place,
        network,
        top1Percent,
        bound: networkEdp(network, network.layers.map(bounds), besideCost(network.beside, accelerator)),
      };
    });
    places.sort((a, b) => a.bound - b.bound || a.place - b.place);
    const contest = openContest(item.keep);
    const scored: ScoredNetwork[] = new Array(item.networks.length);
    let counters: EvaluationCounters = NO_WORK;
    for (const { place, network, top1Percent, bound } of places) {
      const least = Math.min(item.cutoffPjCycles ?? Number.POSITIVE_INFINITY, contest.cutoffFor(top1Percent));
      const cutoff = Number.isFinite(least) ? least : null;
      const context = { networks: [network], mapper, factors, memo };
      const result = evaluateCandidate({ trial: item.trial, accelerator, baselineEdps: [1], cutoff }, context);
      counters = addWork(counters, result.counters);
      if (result.outcome === 'scored') {
        const { energyPj, cycles, edpPjCycles } = result.networks[0]!;
        contest.add(top1Percent, edpPjCycles);
        scored[place] = { kind: 'scored', energyPj, cycles, edpPjCycles };
      } else if (result.outcome === 'stopped')
        scored[place] = { kind: 'stopped', boundPjCycles: Math.max(bound, cutoff ?? 0) };
      else scored[place] = { kind: 'unmappable', reason: result.reason };
    }
    const learned = [...remembered].filter(([key, outcome]) => before.get(key) !== outcome);
    return { trial: item.trial, networks: scored, learned, counters };
  };
}

/** No work at all. */
export const NO_WORK: EvaluationCounters = {
  layersMapped: 0,
  layersRemembered: 0,
  layersSkipped: 0,
  mappingsEvaluated: 0,
};

/** The work of both. */
export function addWork(a: EvaluationCounters, b: EvaluationCounters): EvaluationCounters {
  return {
    layersMapped: a.layersMapped + b.layersMapped,
    layersRemembered: a.layersRemembered + b.layersRemembered,
    layersSkipped: a.layersSkipped + b.layersSkipped,
    mappingsEvaluated: a.mappingsEvaluated + b.mappingsEvaluated,
  };
}

/** Known figures of a layer where there are any, else its lower bound. */
function boundsOn(accelerator: Accelerator, factors: Factors, known: ReadonlyMap<string, RememberedOutcome>) {
  const bounds = new Map<string, LayerBound>();
  return ({ key, demand }: PreparedLayer): LayerBound => {
    const outcome = known.get(key);
    if (outcome?.kind === 'mapped') return outcome;
    const bound = bounds.get(key) ?? layerBound(demand, accelerator, factors);
    bounds.set(key, bound);
    return bound;
  };
}

/** Follows the EDP that a network must stay below to matter. */
export function openContest(keep: KeepRule): {
  cutoffFor: (top1Percent: number) => number;
  add: (top1Percent: number, edpPjCycles: number) => void;
} {
  if (keep.kind === 'best') {
    const edps = [...keep.edps].sort((a, b) => a - b);
    return {
      cutoffFor: () => edps[keep.count - 1] ?? Number.POSITIVE_INFINITY,
      add: (_top1Percent, edp) => {
        const place = edps.findIndex((other) => other > edp);
        edps.splice(place < 0 ? edps.length : place, 0, edp);
      },
    };
  }
  const points = [...keep.points];
  return {
    cutoffFor: (top1Percent) =>
      points.reduce((least, [other, edp]) => (other >= top1Percent ? Math.min(least, edp) : least), Infinity),
    add: (top1Percent, edp) => points.push([top1Percent, edp]),
  };
}
