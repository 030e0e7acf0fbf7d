import { areaMm2 } from '../../accelerator/accelerator.ts';
import type { Candidate, Result } from '../../optimizers/optimizer.ts';
import { geometricMean } from '../../util/geometric-mean.ts';
import type { CandidateResult, FrontPoint, ScoredDesign, SearchCounters, TrialRecord } from '../ports.ts';
import type { DecodedDesign } from './accelerator-encoding.ts';

/** A design within the budget that a strategy proposes. */
export interface Proposal extends DecodedDesign {
  readonly candidate: Candidate;
  readonly trial: number;
  /** Lower bound of the score. */
  readonly bound: number;
}

/** Counters of a search that has done nothing. */
export const NO_COUNTERS: SearchCounters = {
  scored: 0,
  stopped: 0,
  unmappable: 0,
  rejections: {},
  layersMapped: 0,
  layersRemembered: 0,
  layersSkipped: 0,
  mappingsEvaluated: 0,
};

/** The result of a candidate for the optimizer. A stopped candidate ranks behind everything up to the cutoff, by its bound from before mapping. */
export function toResult({ candidate, bound }: Proposal, result: CandidateResult, cutoff: number | null): Result {
  switch (result.outcome) {
    case 'scored':
      return { candidate, value: result.score };
    case 'stopped': {
      const least = cutoff ?? 0;
      return { candidate, value: Math.max(bound, least * (1 + 1e-6 * Math.min(1, bound / least))) };
    }
    case 'unmappable':
      return { candidate, value: Infinity, violation: 1 };
  }
}

/** A proposal with its score. */
export function toScoredDesign(
  proposal: Proposal,
  result: Extract<CandidateResult, { outcome: 'scored' }>,
): ScoredDesign {
  const { trial, design, specification, accelerator } = proposal;
  const { score, networks } = result;
  return { trial, score, design, specification, networks, areaMm2: areaMm2(accelerator) };
}

/** A scored design as a point of the front. */
export function toFrontPoint({ trial, design, networks, areaMm2: area }: ScoredDesign): FrontPoint {
  return {
    trial,
    energyPj: geometricMean(networks.map((network) => network.energyPj)),
    cycles: geometricMean(networks.map((network) => network.cycles)),
    areaMm2: area,
    design,
  };
}

/** A proposal with its result, for journals and views. */
export function toRecord(
  { trial, design, bound, accelerator }: Proposal,
  result: CandidateResult,
  generation: number,
  cutoff: number | null,
): TrialRecord {
  const common = { trial, generation, design, bound, areaMm2: areaMm2(accelerator) };
  switch (result.outcome) {
    case 'scored':
      return { ...common, outcome: 'scored', score: result.score, networks: result.networks };
    case 'stopped':
      return { ...common, outcome: 'stopped', ...(cutoff === null ? {} : { cutoff }) };
    case 'unmappable':
      return { ...common, outcome: 'unmappable', reason: result.reason };
  }
}

function countOf(results: readonly CandidateResult[], outcome: CandidateResult['outcome']): number {
  return results.filter((result) => result.outcome === outcome).length;
}

/** The later of two results of a trial, with the work of both. */
export function withEarlierWork(later: CandidateResult, earlier: CandidateResult | undefined): CandidateResult {
  if (earlier === undefined) return later;
  const layersMapped = later.counters.layersMapped + earlier.counters.layersMapped;
  const mappingsEvaluated = later.counters.mappingsEvaluated + earlier.counters.mappingsEvaluated;
  return { ...later, counters: { ...later.counters, layersMapped, mappingsEvaluated } };
}

/** Totals after a generation. */
export function addCounters(
  before: SearchCounters,
  results: readonly CandidateResult[],
  rejections: Readonly<Record<string, number>>,
): SearchCounters {
  const sum = (key: 'layersMapped' | 'layersRemembered' | 'layersSkipped' | 'mappingsEvaluated') =>
    results.reduce((total, result) => total + result.counters[key], before[key]);
  return {
    scored: before.scored + countOf(results, 'scored'),
    stopped: before.stopped + countOf(results, 'stopped'),
    unmappable: before.unmappable + countOf(results, 'unmappable'),
    rejections,
    layersMapped: sum('layersMapped'),
    layersRemembered: sum('layersRemembered'),
    layersSkipped: sum('layersSkipped'),
    mappingsEvaluated: sum('mappingsEvaluated'),
  };
}
