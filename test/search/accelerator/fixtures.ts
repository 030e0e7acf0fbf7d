import type { Budget } from '../../../src/accelerator/budget.ts';
import type { AcceleratorSpecification } from '../../../src/accelerator/specification.ts';
import type { Technology } from '../../../src/accelerator/technology.ts';
import { parseAccelerator } from '../../../src/formats/accelerator-file.ts';
import { parseBudget } from '../../../src/formats/budget-file.ts';
import type {
  BufferSizes,
  ConnectivityEncoding,
  EncodingContext,
} from '../../../src/search/accelerator/accelerator-encoding.ts';
import { richestAxis } from '../../../src/search/accelerator/array-wiring.ts';
import type { Dim } from '../../../src/util/vocabulary.ts';
import type { Layer, Network } from '../../../src/workload/network.ts';
import { makeProblem, type ProblemSpec } from '../../../src/workload/problem.ts';
import { TECHNOLOGIES, yamlFiles } from '../../accelerator/files.ts';

/** A budget of the project with its accelerator and the technology that it names. */
export interface BudgetCase {
  readonly name: string;
  readonly budget: Budget;
  readonly baseline: AcceleratorSpecification;
  readonly technology: Technology;
}

const PRESETS = new Map(
  [...yamlFiles('accelerators'), ...yamlFiles('accelerators/boards')].map(({ name, file, text }) => [
    name,
    parseAccelerator(text, file),
  ]),
);

/** Budgets whose baselines have the levels of a design, and of three that have not: arrays at two levels, at three, and no register file. */
const OF_DESIGNS = ['edge-tpu', 'eyeriss', 'nvdla-1024', 'nvdla-256', 'shidiannao'];
const OF_OTHERS = ['gemmini-16', 'a100', 'ethos-u55-256'];

const ALL: ReadonlyMap<string, BudgetCase> = new Map(
  yamlFiles('accelerators/budgets').map(({ name, file, text }) => {
    const baseline = PRESETS.get(name)!;
    const technology = TECHNOLOGIES.get(baseline.technology)!;
    return [name, { name, baseline, budget: parseBudget(text, file), technology }];
  }),
);

/** Every budget of the project. */
export const ALL_BUDGETS: readonly BudgetCase[] = [...ALL.values()];

/** Budgets that stand for all of them. */
export const BUDGETS: readonly BudgetCase[] = [...OF_DESIGNS, ...OF_OTHERS].map((name) => ALL.get(name)!);

/** One budget by name. */
export function budgetCase(name: string): BudgetCase {
  return ALL.get(name)!;
}

/** All connectivity encodings. */
export const CONNECTIVITIES: readonly ConnectivityEncoding[] = ['importance', 'index', 'fixed'];

/** A context for decoding. */
export function contextOf(
  one: BudgetCase,
  connectivity: ConnectivityEncoding,
  dimsPerAxis = 1,
  bufferSizes: BufferSizes = 'geometric',
): EncodingContext {
  const { baseline, budget, technology } = one;
  return { connectivity, dimsPerAxis, bufferSizes, baseline, budget, technology };
}

/** A 16-bit layer. */
export function layerOf(
  name: string,
  bounds: Partial<Record<Dim, number>>,
  more: Partial<ProblemSpec> & { repeat?: number } = {},
): Layer {
  const { repeat = 1, ...spec } = more;
  return {
    name,
    kind: 'conv',
    problem: makeProblem({ name, bounds, ...spec }),
    wordBits: { Weights: 16, Inputs: 16, Outputs: 16 },
    repeat,
    parameters: 0,
  };
}

/** A small network with a plain, a pointwise, a depthwise and a repeated layer. */
export const SMALL_NETWORK: Network = {
  name: 'small',
  source: 'made up',
  layers: [
    layerOf('conv', { K: 16, C: 8, P: 14, Q: 14, R: 3, S: 3 }),
    layerOf('pointwise', { K: 32, C: 16, P: 14, Q: 14 }, { repeat: 2 }),
    layerOf('depthwise', { G: 32, P: 7, Q: 7, R: 3, S: 3 }),
    layerOf('pointwise again', { K: 32, C: 16, P: 14, Q: 14 }),
  ],
};

/** Another one, of one layer. */
export const TINY_NETWORK: Network = {
  name: 'tiny',
  source: 'made up',
  layers: [layerOf('fc', { K: 64, C: 128 })],
};

/** What a search does unless a test says otherwise. */
export function searchDefaults(baseline: AcceleratorSpecification) {
  const sizes = { arraySizes: 'useful', bufferSizes: 'linear' } as const;
  return { prune: true, dimsPerAxis: richestAxis(baseline), ...sizes, explorations: 0 } as const;
}
