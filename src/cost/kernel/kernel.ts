import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { LayerShape } from '../../workload/network.ts';
import type { CostOptions, Evaluation, Infeasible } from '../evaluation.ts';
import { type PackedLayout, type PackedMapping, packedLayout, unpackMapping } from '../packed-mapping.ts';
import { evaluateReference } from '../reference/reference.ts';
import { charge } from './charges.ts';
import { countRaggedOutputs, countRaggedTensor, countSlidingInputs } from './general.ts';
import { checkPacked, FEASIBLE } from './legality.ts';
import { listLoops } from './loops.ts';
import { compileModel, INPUTS, type KernelModel, OUTPUTS, WEIGHTS } from './model.ts';
import { countPaddedInputs } from './padded/padded.ts';
import { countPerfectOutputs, countPerfectTensor } from './perfect/perfect.ts';
import { needsUnion, needsWalk, walkInputs } from './ragged/fallback.ts';
import { fillRaggedTables } from './ragged/ragged.ts';
import { reportEvaluation } from './report.ts';
import {
  type KernelCounts,
  type KernelState,
  kernelState,
  TOTAL_CYCLES,
  TOTAL_EDP,
  TOTAL_ENERGY_PJ,
  TOTAL_EXCESS,
} from './state.ts';

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
    this.#state = kernelState(this.#model);
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
    return this.#state.totals[TOTAL_ENERGY_PJ]!;
  }

  /** Cycles of the last legal mapping. */
  get cycles(): number {
    return this.#state.totals[TOTAL_CYCLES]!;
  }

  /** Energy times cycles of the last legal mapping. */
  get edpPjCycles(): number {
    return this.#state.totals[TOTAL_EDP]!;
  }

  /** Relative excess of the worst violation of the rule that the last status names; 0 for a legal mapping. */
  get violationExcess(): number {
    return this.#state.totals[TOTAL_EXCESS]!;
  }

  /** Access counts of the last legal mapping, overwritten by the next call. */
  get counts(): KernelCounts {
    return this.#state.counts;
  }

  /** The full evaluation of a mapping, equal to that of the reference model; the reasons when it is illegal. */
  toEvaluation(packed: PackedMapping): Evaluation | Infeasible {
    if (this.#run(packed, true) === FEASIBLE)
      return reportEvaluation(this.#layer, this.#accelerator, this.#model, this.#state, packed);
    return evaluateReference(this.#layer, this.#accelerator, unpackMapping(this.layout, packed), this.#options);
  }

  #run(packed: PackedMapping, everyInstance: boolean): number {
    const model = this.#model;
    const state = this.#state;
    const status = checkPacked(model, state, packed);
    if (status !== FEASIBLE) {
      this.paths.infeasible++;
      return status;
    }
    listLoops(model, state, packed);
    this.#count(packed, everyInstance);
    charge(model, state, packed, everyInstance);
    return FEASIBLE;
  }

  #count(packed: PackedMapping, everyInstance: boolean): void {
    const model = this.#model;
    const state = this.#state;
    if (state.ragged === 0) {
      countPerfectTensor(model, state, packed, WEIGHTS);
      countPerfectTensor(model, state, packed, OUTPUTS);
      countPerfectOutputs(model, state);
      if (!model.rows.padded && !model.columns.padded) {
        this.paths.perfect++;
        countPerfectTensor(model, state, packed, INPUTS);
        return;
      }
      if (countPaddedInputs(model, state, packed, everyInstance)) {
        this.paths.padded++;
        return;
      }
      this.paths.grouped++;
      fillRaggedTables(model, state, packed);
      countSlidingInputs(model, state, packed, everyInstance);
      return;
    }
    fillRaggedTables(model, state, packed);
    countRaggedTensor(model, state, packed, WEIGHTS, everyInstance);
    countRaggedTensor(model, state, packed, OUTPUTS, everyInstance);
    countRaggedOutputs(model, state);
    if (needsWalk(model, state, packed, everyInstance)) {
      this.paths.walked++;
      walkInputs(this.layout, this.#accelerator, state, packed);
      return;
    }
    if (needsUnion(model, state, packed, model.rows) || needsUnion(model, state, packed, model.columns))
      this.paths.united++;
    else this.paths.ragged++;
    countSlidingInputs(model, state, packed, everyInstance);
  }
}

/**
 * Compiles the cost model for a layer on an accelerator.
 * @throws TrifoldError `unsupported` when the problem's tensors are not addressed as `makeProblem` does
 */
export function compileKernel(layer: LayerShape, accelerator: Accelerator, options: CostOptions): Kernel {
  return new Kernel(layer, accelerator, options);
}
