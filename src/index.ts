/** Public entry of the library: problems, accelerators, mappings, the cost model and the searches. `trifold/cmaes` is an entry of its own. */
import { loadOnnx } from './app/presets/load-onnx.ts';
import { readModelsWith } from './app/presets/models.ts';

export type { Accelerator, ArrayDimension, Capacity, FanOut, StorageLevel } from './accelerator/accelerator.ts';
export { areaMm2, onChipBits } from './accelerator/accelerator.ts';
export { type Budget, type BudgetViolation, checkBudget } from './accelerator/budget.ts';
export { buildAccelerator } from './accelerator/build.ts';
export type { AcceleratorSpecification } from './accelerator/specification.ts';
export type { Technology } from './accelerator/technology.ts';
export {
  loadAccelerator,
  loadBudget,
  loadDataflow,
  loadMapping,
  loadSpecification,
  loadTechnology,
  loadWorkload,
  presetNames,
} from './app/presets/load.ts';
export { bottleneckOf, physicalFigures } from './cost/analysis/breakdown.ts';
export type { CostOptions, Evaluation, Infeasible } from './cost/evaluation.ts';
export { compileKernel, type Kernel } from './cost/kernel/kernel.ts';
export { type PackedMapping, packMapping, unpackMapping } from './cost/packed-mapping.ts';
export { evaluateReference } from './cost/reference/reference.ts';
export type { TemporalReuse } from './cost/temporal-reuse.ts';
export { type MappingConstraints, UNCONSTRAINED } from './mapping/constraints.ts';
export { resolveDataflow } from './mapping/dataflow.ts';
export type { DataflowTemplate } from './mapping/dataflow-template.ts';
export { checkMapping, type Violation } from './mapping/legality.ts';
export type { LevelMapping, Mapping, SpatialLoop, TemporalLoop } from './mapping/mapping.ts';
export { describeMapping } from './mapping/text.ts';
export { AcceleratorSearch } from './search/accelerator/accelerator-search.ts';
export type { Certificate } from './search/mapping/exact/certificate.ts';
export { type ExactOptions, type ExactResult, searchExact } from './search/mapping/exact/exact.ts';
export { type Mapspace, type MapspaceSpec, makeMapspace } from './search/mapping/mapspace.ts';
export { ED2P, EDP, ENERGY, LATENCY, type Objective, weightedSum } from './search/mapping/objective.ts';
export { type SampledOptions, type SampledResult, searchSampled } from './search/mapping/sampled/sampled.ts';
export { describeError, TrifoldError } from './util/errors.ts';
export { DIMS, type Dim, TENSORS, type TensorName } from './util/vocabulary.ts';
export type { Layer, LayerShape, Network, WordBits } from './workload/network.ts';
export { networkMacs, networkParameters } from './workload/network.ts';
export { macCount, makeProblem, type Problem } from './workload/problem.ts';

// A program may load a model at any time, and loading is no promise.
readModelsWith(loadOnnx);
