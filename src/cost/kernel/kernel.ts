import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { LayerShape } from '../../workload/network.ts';
import type { CostOptions, Evaluation, Infeasible } from '../evaluation.ts';
import {
  emptyPackedMapping,
  type PackedLayout,
  type PackedMapping,
  packedLayout,
  unpackMapping,
} from '../packed-mapping.ts';
import { evaluateReference } from '../reference/reference.ts';
import { charge } from './charges.ts';
import { reportEvaluation } from './evaluation-report.ts';
import {
  type KernelCounts,
  type KernelState,
  kernelState,
  TOTAL_CYCLES,
  TOTAL_EDP,
  TOTAL_ENERGY_PJ,
  TOTAL_EXCESS,
} from './kernel-state.ts';
import { compileModel, INPUTS, type KernelModel, OUTPUTS, WEIGHTS } from './model.ts';
import { checkPacked, FEASIBLE } from './packed-legality.ts';
import { countPaddedInputs } from './padded/padded-inputs.ts';
import { countPerfectOutputs, countPerfectTensor } from './perfect/perfect-traffic.ts';
import { measureLiveLoops } from './ragged/open-blocks.ts';
import { countRaggedOutputs, countRaggedTensor } from './ragged/ragged-traffic.ts';
import { needsWalk, walkInputs } from './ragged/walked-inputs.ts';
import { countRequests } from './requests.ts';
import { findCollisions, needsUnion } from './sliding/collisions.ts';
import { countSlidingInputs } from './sliding/sliding-inputs.ts';
import { listLoops } from './temporal-loops.ts';

/** How often each way of counting ran. */
export interface KernelPaths {
  /** Perfect factors, no padding in sight: closed forms only. */
  perfect: number;
  /** Perfect factors, input tiles clipped by padding: closed forms, a few starts near the edges counted one by one. */
  padded: number;
  /** The same where children share shifts on a sliding axis, or the busiest of several instances had to be found. */
  grouped: number;
  /** Ragged loops, with or without padding. */
  ragged: number;
  /** Ragged loops, some tiles of Inputs walked group by group (see `needsUnion`). */
  united: number;
  /** Ragged loops, Inputs walked as in the reference (see `needsWalk`). */
  walked: number;
  infeasible: number;
}

/**
 * The cost model compiled for one layer on one accelerator. `evaluate` allocates nothing; its figures stay readable until the next call.
 * Not for use from within itself or by several threads.
 */
export class Kernel {
  readonly layout: PackedLayout;
  readonly paths: KernelPaths = { perfect: 0, padded: 0, grouped: 0, ragged: 0, united: 0, walked: 0, infeasible: 0 };
  readonly #layer: LayerShape;
  readonly #accelerator: Accelerator;
  readonly #options: CostOptions;
  readonly #model: KernelModel;
  readonly #state: KernelState;

  constructor(layer: LayerShape, accelerator: Accelerator, options: CostOptions) {
    this.layout = packedLayout(layer.problem, accelerator);
    this.#layer = layer;
    this.#accelerator = accelerator;
    this.#options = options;
    this.#model = compileModel(layer, accelerator, options);
    this.#state = kernelState(this.#model, emptyPackedMapping(this.layout));
  }

  /**
   * Scores a mapping.
   * @returns 0 when it is legal, else the number in `STATUS_RULES` of the first rule found broken
   */
  evaluate(packed: PackedMapping): number {
    return this.#run(packed, false);
  }

  /** Energy of the last legal mapping in pJ. */
  get energyPj(): number {
    return this.#state.costs.totals[TOTAL_ENERGY_PJ]!;
  }

  /** Cycles of the last legal mapping. */
  get cycles(): number {
    return this.#state.costs.totals[TOTAL_CYCLES]!;
  }

  /** Energy times cycles of the last legal mapping. */
  get edpPjCycles(): number {
    return this.#state.costs.totals[TOTAL_EDP]!;
  }

  /** Relative excess of the worst violation of the rule that the last status names; 0 for a legal mapping. */
  get violationExcess(): number {
    return this.#state.costs.totals[TOTAL_EXCESS]!;
  }

  /** Access counts of the last legal mapping, overwritten by the next call. */
  get counts(): KernelCounts {
    return this.#state.counts;
  }

  /** The full evaluation of a mapping, equal to that of the reference model; the reasons when it is illegal. */
  toEvaluation(packed: PackedMapping): Evaluation | Infeasible {
    if (this.#run(packed, true) === FEASIBLE)
      return reportEvaluation(this.#layer, this.#accelerator, this.#model, this.#state);
    return evaluateReference(this.#layer, this.#accelerator, unpackMapping(this.layout, packed), this.#options);
  }

  #run(packed: PackedMapping, everyInstance: boolean): number {
    const model = this.#model;
    const state = this.#state;
    state.packed = packed;
    const status = checkPacked(model, state);
    if (status !== FEASIBLE) {
      this.paths.infeasible++;
      return status;
    }
    listLoops(model, state);
    const { walked } = this.paths;
    if (state.nest.raggedDims === 0) this.#countPerfect(everyInstance);
    else this.#countRagged(everyInstance);
    if (model.overheads.isAnyRequested) countRequests(model, state, this.paths.walked > walked);
    charge(model, state, everyInstance);
    return FEASIBLE;
  }

  #countPerfect(everyInstance: boolean): void {
    const model = this.#model;
    const state = this.#state;
    countPerfectTensor(model, state, WEIGHTS);
    countPerfectTensor(model, state, OUTPUTS);
    countPerfectOutputs(model, state);
    if (!model.rows.padded && !model.columns.padded) {
      this.paths.perfect++;
      countPerfectTensor(model, state, INPUTS);
      return;
    }
    findCollisions(state);
    if (countPaddedInputs(model, state, everyInstance)) this.paths.padded++;
    else {
      this.paths.grouped++;
      measureLiveLoops(model, state);
      countSlidingInputs(model, state, everyInstance);
    }
  }

  #countRagged(everyInstance: boolean): void {
    const model = this.#model;
    const state = this.#state;
    const { nest, rowSum, columnSum } = state;
    const innermost = model.levelCount - 1;
    findCollisions(state);
    measureLiveLoops(model, state);
    countRaggedTensor(model, state, WEIGHTS, everyInstance);
    countRaggedTensor(model, state, OUTPUTS, everyInstance);
    countRaggedOutputs(model, state);
    if (needsWalk(model, state, everyInstance)) {
      this.paths.walked++;
      walkInputs(model, this.layout, this.#accelerator, state);
      return;
    }
    if (needsUnion(nest, rowSum, 0, innermost) || needsUnion(nest, columnSum, 0, innermost)) this.paths.united++;
    else this.paths.ragged++;
    countSlidingInputs(model, state, everyInstance);
  }
}

/**
 * Compiles the cost model for a layer on an accelerator.
 * @throws TrifoldError `unsupported` when the problem's tensors are not addressed as `makeProblem` does
 */
export function compileKernel(layer: LayerShape, accelerator: Accelerator, options: CostOptions): Kernel {
  return new Kernel(layer, accelerator, options);
}
