import type { CosearchRequest } from '../../../src/app/cosearch/inputs.ts';
import type { ExhaustiveRequest } from '../../../src/app/exhaustive/inputs.ts';
import { openLayerCache } from '../../../src/app/layers/layer-cache.ts';
import type { StrategyName } from '../../../src/search/accelerator/strategy-names.ts';
import { FEW_MACRO_NETWORKS, MACRO_REQUEST } from '../cosearch/macro-request.ts';
import { cosearchRuns, designRuns, exhaustiveRuns, freshFolder, mapRuns } from '../run-folders.ts';
import { MATRIX_NETWORK, presetWithVector, SMALL_DESIGN, SMALL_REQUEST } from '../small-files.ts';
import { FUSED, POOLED, tinyVector } from '../vector/vector-files.ts';
import type { InterruptedKind } from './interrupted-run.ts';

const LOCAL = { workers: 1, offMainThread: false };

/** With the mappings of earlier runs: what they cost is asked elsewhere. */
const remembering = () => {
  const cache = openLayerCache(freshFolder());
  return { ...LOCAL, caches: { layers: cache, candidates: cache } };
};

function kindOf<Request>(
  name: string,
  runs: {
    readonly start: (
      request: Request,
      ...rest: Parameters<InterruptedKind['start']>
    ) => ReturnType<InterruptedKind['start']>;
    readonly resume: InterruptedKind['resume'];
  },
  request: Request,
  limits: InterruptedKind['limits'],
): InterruptedKind {
  return { name, limits, start: (...rest) => runs.start(request, ...rest), resume: runs.resume };
}

const EYERISS = presetWithVector('eyeriss', 'GlobalBuffer');

/** A design run of a strategy. */
export const designKind = (strategy: StrategyName): InterruptedKind =>
  kindOf(
    `design ${strategy}`,
    designRuns,
    {
      ...SMALL_DESIGN,
      workloads: [MATRIX_NETWORK, POOLED],
      baseline: EYERISS,
      strategy,
      populationSize: 3,
      generations: 2,
    },
    LOCAL,
  );

/** Networks of the space have additions and a pooling, which take part in what is searched. */
const SHIDIANNAO = presetWithVector('shidiannao', 'Buffer');
const POPULATION = { populationSize: 3, generations: 2 };
const NESTED: CosearchRequest = {
  ...MACRO_REQUEST,
  floorPercent: 76,
  baseline: SHIDIANNAO,
  generations: 1,
  evolution: { ...MACRO_REQUEST.evolution, population: 2 },
};
const { budget: _budget, baseline: _baseline, ...WITHOUT_BUDGET } = NESTED;
const EXHAUSTIVE: ExhaustiveRequest = {
  space: 'nas-bench-macro',
  accelerator: 'edge-tpu',
  accuracy: { kind: 'table', file: FEW_MACRO_NETWORKS },
  batch: 1,
  objective: 'edp',
  floorPercent: 82,
  factors: 'perfect',
  seed: 1,
};

/** One run of every kind. */
export const INTERRUPTED_KINDS: readonly InterruptedKind[] = [
  kindOf('map', mapRuns, { ...SMALL_REQUEST, workload: FUSED, accelerator: tinyVector(1) }, LOCAL),
  designKind('naas'),
  kindOf('cosearch nested', cosearchRuns, NESTED, remembering()),
  kindOf('cosearch joint', cosearchRuns, { ...NESTED, ...POPULATION, search: 'joint' }, remembering()),
  kindOf(
    'cosearch of networks',
    cosearchRuns,
    { ...WITHOUT_BUDGET, ...POPULATION, accelerator: SHIDIANNAO },
    remembering(),
  ),
  kindOf('cosearch exhaustive', exhaustiveRuns, EXHAUSTIVE, remembering()),
];
