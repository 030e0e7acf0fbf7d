import type { Accelerator } from '../../accelerator/accelerator.ts';
import { besideCost } from '../../cost/link-cost.ts';
import { type EnergyAndCycles, networkTotals } from '../../util/network-totals.ts';
import type { Layer } from '../../workload/network.ts';
import type { Factors, LayerBound } from '../mapping/bounds/layer-bound.ts';
import type { MappedFigures, MappingOutcome } from '../mapping/map-layer.ts';
import type { CandidateResult, EvaluationCounters } from '../ports.ts';
import type { LayerMemo, RememberedOutcome } from './layer-memo.ts';
import { candidateBounds, networkEdp, type PreparedNetwork, scoreOf } from './network-score.ts';

/** One candidate: a task with its accelerator built. */
export interface Candidate {
  readonly trial: number;
  readonly accelerator: Accelerator;
  readonly baselineEdps: readonly number[];
  readonly cutoff: number | null;
}

/** Setting that candidates are scored in. */
export interface WalkContext {
  readonly networks: readonly PreparedNetwork[];
  /** Factors that the mapper uses; the bounds depend on them. */
  readonly factors: Factors;
  readonly memo: LayerMemo;
}

/** A layer to be mapped for its EDP. */
export interface LayerRequest {
  /** Place in the walk. */
  readonly place: number;
  readonly layer: Layer;
  /** EDP from which on the candidate is beaten; undefined = never. */
  readonly cutoff: number | undefined;
}

/** A score counts as above the cutoff when it exceeds it by more than rounding. */
const STOP_MARGIN = 1 + 1e-9;
/** Cutoffs for the mapper lie a little higher, so that a cut layer is above {@link STOP_MARGIN} whatever the rounding. */
const MAPPER_MARGIN = 1 + 2e-9;

/** Figures of a network's layers: mapped ones exact, the others bounds. */
type Figures = LayerBound[];

/** Outcome of a layer with the cutoff that it was mapped under. */
interface Answer {
  readonly outcome: RememberedOutcome;
  readonly cutoff: number | undefined;
}

/**
 * The layers of a candidate in the order in which they are mapped, largest share of the bounds first, until all are mapped or the
 * score is proven to lie above the cutoff T: mapped layers plus bounds of the others score above T. A layer's mapping is itself cut off: with energy E
 * and latency L of all other layers, r repeats and x = its EDP, the network's EDP is at least (sqrt(E L) + r sqrt(x))^2 (Cauchy and Schwarz).
 *
 * Several layers may be under way at a time. Answers count in the order of the walk, whenever they come, so the result is that of one
 * layer after the other: a cutoff that was asked for early is the looser one, under which a layer is at most mapped for nothing. Only
 * a layer that cannot be mapped is asked for again under the cutoff of its turn, which may stop the candidate before that is seen.
 *
 * The cutoff may be lowered on the way ({@link CandidateWalk.tighten}); when it is, only a score at most the last cutoff is certain to be found.
 */
export class CandidateWalk {
  readonly #candidate: Candidate;
  #cutoff: number | null;
  #isTightened = false;
  readonly #networks: readonly PreparedNetwork[];
  readonly #remembered: Map<string, RememberedOutcome>;
  readonly #figures: Figures[];
  /** Per network: what it costs beside its layers on the accelerator. */
  readonly #beside: readonly EnergyAndCycles[];
  readonly #places: readonly { readonly network: number; readonly layer: number }[];
  readonly #answers: (Answer | undefined)[] = [];
  readonly #work = { layersMapped: 0, layersRemembered: 0, mappingsEvaluated: 0 };
  #started = 0;
  #counted = 0;
  #again: LayerRequest | null = null;
  #result: CandidateResult | null = null;

  constructor(candidate: Candidate, { networks, factors, memo }: WalkContext) {
    this.#candidate = candidate;
    this.#cutoff = candidate.cutoff;
    this.#networks = networks;
    this.#remembered = memo.layersOf(candidate.accelerator);
    this.#figures = candidateBounds(networks, candidate.accelerator, factors);
    this.#beside = networks.map(({ beside }) => besideCost(beside, candidate.accelerator));
    this.#places = byShare(networks, this.#figures);
    this.#count();
  }

  /** The accelerator of the candidate. */
  get accelerator(): Accelerator {
    return this.#candidate.accelerator;
  }

  /** Null until it is settled. */
  get result(): CandidateResult | null {
    return this.#result;
  }

  /** Lowers the cutoff; a higher one changes nothing. */
  tighten(cutoff: number): void {
    if (this.#cutoff !== null && this.#cutoff <= cutoff) return;
    this.#cutoff = cutoff;
    this.#isTightened = true;
    if (this.#result === null && this.#isAboveCutoff()) this.#stop();
  }

  /** The next layer to map; null when the candidate is settled or all its layers are under way. */
  next(): LayerRequest | null {
    if (this.#again !== null && this.#result === null) {
      const request = this.#again;
      this.#again = null;
      return request;
    }
    while (this.#result === null && this.#started < this.#places.length) {
      const place = this.#started++;
      const { layer, key } = this.#layerAt(place);
      const cutoff = this.#cutoffOf(place);
      const known = this.#remembered.get(key);
      if (known === undefined || (known.kind === 'cut' && !(cutoff !== undefined && known.lowerBound >= cutoff)))
        return { place, layer, cutoff };
      this.#work.layersRemembered++;
      this.#answers[place] = { outcome: known, cutoff };
      this.#count();
    }
    return null;
  }

  /** Takes the answer to a request. @param isRemembered whether it was known from an earlier run: no work of this one */
  answer({ place, cutoff }: LayerRequest, found: MappingOutcome<MappedFigures>, isRemembered = false): void {
    if (isRemembered) this.#work.layersRemembered++;
    else this.#countWork(found);
    const outcome = toRemembered(found);
    const { key } = this.#layerAt(place);
    if (outcome.kind !== 'cut' || this.#remembered.get(key)?.kind !== 'mapped') this.#remembered.set(key, outcome);
    this.#answers[place] = { outcome, cutoff };
    this.#count();
  }

  #countWork(found: MappingOutcome<MappedFigures>): void {
    this.#work.layersMapped++;
    if (found.kind === 'mapped') this.#work.mappingsEvaluated += found.proof.evaluations;
    else if (found.kind === 'cut') this.#work.mappingsEvaluated += found.evaluations;
  }

  /** Counts the answers whose turn it is. */
  #count(): void {
    while (this.#result === null) {
      if (this.#isAboveCutoff()) {
        this.#stop();
        return;
      }
      const place = this.#counted;
      if (place === this.#places.length) {
        this.#result = this.#scored();
        return;
      }
      const answer = this.#answers[place];
      if (answer === undefined) return;
      this.#countOne(place, answer);
      if (this.#answers[place] === undefined) return;
      this.#counted++;
    }
  }

  #countOne(place: number, { outcome, cutoff }: Answer): void {
    const { trial } = this.#candidate;
    const { network, layer: index } = this.#places[place]!;
    const { layer } = this.#layerAt(place);
    switch (outcome.kind) {
      case 'mapped':
        this.#figures[network]![index] = { energyPj: outcome.energyPj, cycles: outcome.cycles };
        return;
      case 'cut':
        this.#stop();
        return;
      case 'unmappable': {
        const ownCutoff = this.#cutoffOf(place);
        if (ownCutoff === cutoff || this.#isTightened) {
          const reason = `${layer.name}: ${outcome.reason}`;
          this.#result = { outcome: 'unmappable', trial, reason, counters: this.#counters() };
          return;
        }
        this.#answers[place] = undefined;
        this.#again = { place, layer, cutoff: ownCutoff };
      }
    }
  }

  #stop(): void {
    this.#result = { outcome: 'stopped', trial: this.#candidate.trial, counters: this.#counters() };
  }

  #layerAt(place: number) {
    const { network, layer } = this.#places[place]!;
    return this.#networks[network]!.layers[layer]!;
  }

  #cutoffOf(place: number): number | undefined {
    const { baselineEdps } = this.#candidate;
    const { network, layer } = this.#places[place]!;
    return this.#cutoff === null
      ? undefined
      : layerCutoff(this.#networks, this.#figures, this.#beside, network, layer, baselineEdps, this.#cutoff);
  }

  #score(): number {
    const edps = this.#networks.map((network, n) => networkEdp(network, this.#figures[n]!, this.#beside[n]!));
    return scoreOf(edps, this.#candidate.baselineEdps);
  }

  #isAboveCutoff(): boolean {
    return this.#cutoff !== null && this.#score() > this.#cutoff * STOP_MARGIN;
  }

  #counters(): EvaluationCounters {
    const { layersMapped, layersRemembered } = this.#work;
    const layersSkipped = Math.max(0, this.#places.length - layersMapped - layersRemembered);
    return { ...this.#work, layersSkipped };
  }

  #scored(): CandidateResult {
    return {
      outcome: 'scored',
      trial: this.#candidate.trial,
      score: this.#score(),
      networks: this.#networks.map((network, n) => {
        const { energyPj, cycles } = networkTotals(network.layers, this.#figures[n]!, this.#beside[n]!);
        return { network: network.name, energyPj, cycles, edpPjCycles: energyPj * cycles };
      }),
      counters: this.#counters(),
    };
  }
}

/** All layers, largest share of its network's bounds first. */
function byShare(networks: readonly PreparedNetwork[], bounds: readonly Figures[]) {
  const places = networks.flatMap((network, n) => {
    const total = networkTotals(network.layers, bounds[n]!);
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
  beside: readonly EnergyAndCycles[],
  n: number,
  i: number,
  baselineEdps: readonly number[],
  cutoff: number,
): number {
  let logAllowed = networks.length * Math.log(cutoff * MAPPER_MARGIN) + Math.log(baselineEdps[n]!);
  networks.forEach((network, m) => {
    if (m !== n) logAllowed -= Math.log(networkEdp(network, figures[m]!, beside[m]!) / baselineEdps[m]!);
  });
  const network = networks[n]!;
  const { repeat } = network.layers[i]!;
  const others = networkEdp(
    network,
    figures[n]!.map((figure, k) => (k === i ? { energyPj: 0, cycles: 0 } : figure)),
    beside[n]!,
  );
  const root = (Math.exp(logAllowed / 2) - Math.sqrt(others)) / repeat;
  return Math.max(0, root) ** 2;
}

function toRemembered(outcome: MappingOutcome<MappedFigures>): RememberedOutcome {
  switch (outcome.kind) {
    case 'mapped': {
      const { energyPj, cycles } = outcome.evaluation;
      return { kind: 'mapped', energyPj, cycles, optimal: outcome.proof.optimal };
    }
    case 'cut':
      return { kind: 'cut', lowerBound: outcome.lowerBound };
    case 'unmappable':
      return { kind: 'unmappable', reason: outcome.reason };
  }
}
