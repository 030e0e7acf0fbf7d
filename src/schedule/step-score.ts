import type { Accelerator } from '../accelerator/accelerator.ts';
import { evaluateMapping } from '../cost/evaluate.ts';
import type { Evaluation, Infeasible } from '../cost/evaluation.ts';
import { vectorCost } from '../cost/vector-cost.ts';
import { type VectorOperatorCost, vectorStepCost } from '../cost/vector-step.ts';
import type { Mapping } from '../mapping/mapping.ts';
import type { EnergyAndCycles } from '../util/network-totals.ts';
import { TENSORS } from '../util/vocabulary.ts';
import type { LayerShape } from '../workload/layer.ts';
import type { Retention } from './retention.ts';
import type { MacStep, StepKind, VectorStep } from './step-kind.ts';
import { type OutputsMode, residentLayer } from './step-residency.ts';

/** Gives the figures of one step of a layer. */
export type Evaluate = (layer: LayerShape, accelerator: Accelerator, mapping: Mapping) => Evaluation | Infeasible;

/** A kind of steps with its figures; energy and cycles are those of one of them, and include what runs with it. */
export interface ScoredStep extends EnergyAndCycles {
  readonly step: StepKind;
  /** What the retention level has for tiles of its mapping; null: unlimited. */
  readonly roomBits: number | null;
  /** What tiles of its mapping take there, copies included. */
  readonly tileBits: number;
  /** Words that it reads from and writes to the outermost level. */
  readonly dramWords: number;
  /** Of a layer, with where its operands are; null: a vector operator. */
  readonly shape: LayerShape | null;
  readonly evaluation: Evaluation | null;
  readonly mapping: Mapping | null;
  /** Of a vector operator on an accelerator with a vector unit. */
  readonly vector: VectorOperatorCost | null;
}

/** The figures of the model, by its fast form. */
export const evaluateExactly: Evaluate = (layer, accelerator, mapping) =>
  evaluateMapping(layer, accelerator, mapping, { temporalReuse: 'exact' });

/** Where steps run. */
export interface StepSetting {
  readonly accelerator: Accelerator;
  readonly retention: Retention;
}

/**
 * The figures of one step, or why its mapping cannot run. An output in the retention level is updated in place where the mapping allows that, and staged
 * otherwise.
 * @param roomBits of the retention level for tiles of its mapping; null: unlimited
 * @param mapping of a layer; null: there is none
 */
export function scoreStep(
  setting: StepSetting,
  step: StepKind,
  roomBits: number | null,
  mapping: Mapping | null,
  evaluate: Evaluate = evaluateExactly,
): ScoredStep | Pick<Infeasible, 'violations'> {
  if (step.kind === 'vector') return vectorScore(setting, step, roomBits);
  if (mapping === null) return { violations: [{ rule: 'shape', message: 'it has no mapping', excess: 1 }] };
  return macScore(setting, step, roomBits, mapping, evaluate);
}

function macScore(
  { accelerator, retention }: StepSetting,
  step: MacStep,
  roomBits: number | null,
  mapping: Mapping,
  evaluate: Evaluate,
): ScoredStep | Infeasible {
  const scored = (mode: OutputsMode) => {
    const shape = residentLayer(retention, step, mode, roomBits);
    return { shape, evaluation: evaluate(shape, accelerator, mapping) };
  };
  const inPlace = scored('in-place');
  // Only a staged output may do without a tile in the retention level.
  const staged = step.outputs && !inPlace.evaluation.feasible ? scored('staged') : inPlace;
  const isStaged = staged.evaluation.feasible || breaksMore(inPlace.evaluation, staged.evaluation);
  const { shape, evaluation } = isStaged ? staged : inPlace;
  if (!evaluation.feasible) return evaluation;
  const fused = vectorCost(step.fused, accelerator);
  return {
    ...{ step, roomBits, shape, evaluation, mapping, vector: null },
    tileBits: evaluation.levels[retention.level]!.usedBits * retention.copies,
    dramWords: evaluatedDramWords(evaluation) + fusedWords(step),
    energyPj: evaluation.energyPj + fused.energyPj,
    cycles: evaluation.cycles + fused.cycles,
  };
}

function vectorScore({ accelerator }: StepSetting, step: VectorStep, roomBits: number | null): ScoredStep {
  const vector = vectorStepCost(step.load, accelerator);
  const fused = vectorCost(step.fused, accelerator);
  const { reads, written } = step.load;
  const moved = [...step.moves.fetched, ...step.moves.drained];
  const passing = [...reads, written].filter(({ home }) => home === 0);
  return {
    ...{ step, roomBits, shape: null, evaluation: null, mapping: null, vector, tileBits: 0 },
    dramWords: [...passing, ...moved].reduce((sum, { words }) => sum + words, fusedWords(step)),
    energyPj: (vector?.energyPj ?? 0) + fused.energyPj,
    cycles: (vector?.cycles ?? 0) + fused.cycles,
  };
}

/** Whether something is wrong by a rule that the other does not break. */
function breaksMore(one: Evaluation | Infeasible, other: Infeasible): boolean {
  return !one.feasible && one.violations.some(({ rule }) => other.violations.every((own) => own.rule !== rule));
}

/** Words that a layer's step reads from and writes to the outermost level, moves included. */
function evaluatedDramWords({ levels }: Evaluation): number {
  const { tensors, moved } = levels[0]!;
  const own = TENSORS.reduce((sum, tensor) => sum + tensors[tensor].reads + tensors[tensor].updates, 0);
  return own + (moved === undefined ? 0 : moved.reads + moved.updates);
}

/** Parameters of what runs with a step. */
function fusedWords({ fused }: StepKind): number {
  return fused.reduce((sum, { reads }) => reads.reduce((all, { words }) => all + words, sum), 0);
}
