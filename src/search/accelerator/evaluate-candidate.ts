import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { CandidateResult, EvaluationCounters, LayerMapper } from '../ports.ts';
import type { Factors, LayerBound } from './bounds.ts';
import type { LayerMemo, RememberedOutcome } from './layer-memo.ts';
import { candidateBounds, networkEdp, networkTotals, type PreparedNetwork, scoreOf } from './score.ts';

/** What candidates are evaluated with. */
export interface EvaluationContext {
  readonly networks: readonly PreparedNetwork[];
  readonly mapper: LayerMapper;
  /** Factors that the mapper uses; the bounds depend on them. */
  readonly factors: Factors;
  readonly memo: LayerMemo;
}

/** One candidate: a task with its accelerator built. */
export interface Candidate {
  readonly trial: number;
  readonly accelerator: Accelerator;
  readonly referenceEdps: readonly number[];
  readonly cutoff: number | null;
}

/** A score counts as above the cutoff when it exceeds it by more than rounding. */
const STOP_MARGIN = 1 + 1e-9;
/** Cutoffs for the mapper lie a little higher, so that a cut layer is above {@link STOP_MARGIN} whatever the rounding. */
const MAPPER_MARGIN = 1 + 2e-9;

/** Figures of a network's layers: mapped ones exact, the others bounds. */
type Figures = LayerBound[];

/**
 * Maps every distinct layer and scores the candidate. With a cutoff T the layers with the largest share come first, and the work ends as soon as
 * mapped layers plus bounds of the others score above T. A layer's mapping is itself cut off: with energy E and latency L of all other
 * layers, r repeats and x = its EDP, the network's EDP is at least (sqrt(E L) + r sqrt(x))^2 (Cauchy and Schwarz).
 *
 * The outcome depends on the arguments alone: `stopped` if and only if the score exceeds T, whatever was remembered.
 */
export function evaluateCandidate(candidate: Candidate, context: EvaluationContext): CandidateResult {
  const { accelerator, cutoff, trial, referenceEdps } = candidate;
  const { networks, memo } = context;
  const remembered = memo.layersOf(accelerator);
  const figures: Figures[] = candidateBounds(networks, accelerator, context.factors);
  const optimal = networks.map((network) => network.layers.map(() => false));
  const work = { layersMapped: 0, layersRemembered: 0, mappingsEvaluated: 0 };
  const total = networks.reduce((count, network) => count + network.layers.length, 0);
  const counters = (): EvaluationCounters => ({
    ...work,
    layersSkipped: total - work.layersMapped - work.layersRemembered,
  });
  const score = () =>
    scoreOf(
      networks.map((network, n) => networkEdp(network, figures[n]!)),
      referenceEdps,
    );
  const isBeaten = () => cutoff !== null && score() > cutoff * STOP_MARGIN;

  for (const { network: n, layer: i } of byShare(networks, figures)) {
    if (isBeaten()) return { outcome: 'stopped', trial, counters: counters() };
    const { layer, key } = networks[n]!.layers[i]!;
    const limit = cutoff === null ? undefined : layerCutoff(networks, figures, n, i, referenceEdps, cutoff);
    let outcome = remembered.get(key);
    if (outcome === undefined || (outcome.kind === 'cut' && !(limit !== undefined && outcome.lowerBound >= limit))) {
      const found = context.mapper.map(layer, accelerator, { kind: 'edp' }, limit);
      work.layersMapped++;
      if (found.kind !== 'unmappable') work.mappingsEvaluated += found.evaluations;
      outcome = toRemembered(found);
      remembered.set(key, outcome);
    } else work.layersRemembered++;
    if (outcome.kind === 'cut') return { outcome: 'stopped', trial, counters: counters() };
    if (outcome.kind === 'unmappable')
      return { outcome: 'unmappable', trial, reason: `${layer.name}: ${outcome.reason}`, counters: counters() };
    figures[n]![i] = { energyPj: outcome.energyPj, cycles: outcome.cycles };
    optimal[n]![i] = outcome.optimal;
  }
  if (isBeaten()) return { outcome: 'stopped', trial, counters: counters() };
  return {
    outcome: 'scored',
    trial,
    score: score(),
    networks: networks.map((network, n) => {
      const { energyPj, cycles } = networkTotals(network, figures[n]!);
      return { network: network.name, energyPj, cycles, edpPjCycles: energyPj * cycles };
    }),
    layers: networks.map((network, n) =>
      network.layers.map(({ layer, repeat }, i) => ({
        layer: layer.name,
        repeat,
        ...figures[n]![i]!,
        optimal: optimal[n]![i]!,
      })),
    ),
    counters: counters(),
  };
}

/** All layers, largest share of its network's bounds first. */
function byShare(networks: readonly PreparedNetwork[], bounds: readonly Figures[]) {
  const places = networks.flatMap((network, n) => {
    const total = networkTotals(network, bounds[n]!);
    return network.layers.map(({ repeat }, i) => {
      const { energyPj, cycles } = bounds[n]![i]!;
      return { network: n, layer: i, share: repeat * (energyPj / total.energyPj + cycles / total.cycles) };
    });
  });
  return places.sort((a, b) => b.share - a.share || a.network - b.network || a.layer - b.layer);
}

/** EDP of one layer from which on the candidate is beaten, all other layers as in `figures`. */
function layerCutoff(
  networks: readonly PreparedNetwork[],
  figures: readonly Figures[],
  n: number,
  i: number,
  referenceEdps: readonly number[],
  cutoff: number,
): number {
  let logAllowed = networks.length * Math.log(cutoff * MAPPER_MARGIN) + Math.log(referenceEdps[n]!);
  networks.forEach((network, m) => {
    if (m !== n) logAllowed -= Math.log(networkEdp(network, figures[m]!) / referenceEdps[m]!);
  });
  const network = networks[n]!;
  const { repeat } = network.layers[i]!;
  const others = networkEdp(
    network,
    figures[n]!.map((figure, k) => (k === i ? { energyPj: 0, cycles: 0 } : figure)),
  );
  const root = (Math.exp(logAllowed / 2) - Math.sqrt(others)) / repeat;
  return Math.max(0, root) ** 2;
}

function toRemembered(outcome: ReturnType<LayerMapper['map']>): RememberedOutcome {
  switch (outcome.kind) {
    case 'mapped': {
      const { energyPj, cycles, optimal } = outcome;
      return { kind: 'mapped', energyPj, cycles, optimal };
    }
    case 'cut':
      return { kind: 'cut', lowerBound: outcome.lowerBound };
    case 'unmappable':
      return { kind: 'unmappable', reason: outcome.reason };
  }
}
