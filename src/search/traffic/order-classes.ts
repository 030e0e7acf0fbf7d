import type { Dim } from '../../util/vocabulary.ts';
import { type AxisChoice, allWords } from './axis-choices.ts';

/**
 * What an order of the loops outside the buffer moves, for a tile along the sliding axes. The loops over N, C and K may take any steps:
 * words of Weights are once the tensor times `weightSteps` (and times the steps of N, unless `weightsOverN`), arrivals of Outputs once the tensor times
 * `outputSteps` (and times the steps of C, unless `outputsOverC`), words of Inputs a plane times (`perStep` x steps of K + `fixed`).
 */
export interface OrderClass {
  readonly weightSteps: number;
  /** Whether Weights stand still while the loop over N runs. */
  readonly weightsOverN: boolean;
  readonly outputSteps: number;
  /** Whether Outputs stand still while the loop over C runs. */
  readonly outputsOverC: boolean;
  readonly perStep: number;
  readonly fixed: number;
  /** Loops from the innermost outwards, as far as the class depends on them; those left out come outside. */
  readonly inner: readonly Dim[];
}

/** Loops that decide what is kept of Inputs, as bits of a set. */
const CHAIN = ['K', 'P', 'R', 'Q', 'S'] as const;
const [K_BIT, P_BIT, R_BIT, Q_BIT, S_BIT] = [1, 2, 4, 8, 16] as const;
/** Loops that Weights and Outputs stand still in. */
const STILL_WEIGHTS = P_BIT | Q_BIT;
const STILL_OUTPUTS = R_BIT | S_BIT;

/**
 * The orders of the loops that no other order makes needless, whatever the steps of N, C and K. What Inputs keep when a loop advances depends only on the
 * loops inside it; loops over N, G and C change every word of them. Weights stand still while the innermost loops are over N, P, Q, and
 * Outputs while they are over C, R, S. So orders of P, Q, R, S and K say everything, with N or C after a run of all that belong to it.
 */
export function orderClasses(rows: AxisChoice, columns: AxisChoice): readonly OrderClass[] {
  const steps = [1, rows.outputSteps, rows.filterSteps, columns.outputSteps, columns.filterSteps] as const;
  const looping = steps.reduce((set, count, loop) => (count > 1 ? set | (1 << loop) : set), K_BIT as number);
  const weightSteps = rows.outputSteps * columns.outputSteps;
  const outputSteps = rows.filterSteps * columns.filterSteps;
  const inner: Dim[] = [];
  const found: OrderClass[] = [];

  extend(0, 0, 1, allWords(rows) * allWords(columns), 0);
  return found;

  /**
   * Puts every loop that is left around those of a set.
   * @param run loops during which a tensor stands still, the innermost ones: a mask of one tensor's, 0 once it has ended or of none
   * @param runSteps their steps
   * @param perStep words of Inputs as of a class, without those that the loops of the set keep; likewise `fixed`
   */
  function extend(set: number, ended: number, runSteps: number, perStep: number, fixed: number): void {
    const stillWeights = set !== 0 && (ended === STILL_WEIGHTS || (ended === 0 && (set & ~STILL_WEIGHTS) === 0));
    const stillOutputs = set !== 0 && (ended === STILL_OUTPUTS || (ended === 0 && (set & ~STILL_OUTPUTS) === 0));
    const weights = stillWeights ? weightSteps / runSteps : weightSteps;
    const outputs = stillOutputs ? outputSteps / runSteps : outputSteps;
    if (set === looping) add(weights, outputs, perStep, fixed, null);
    // Nothing of Inputs is kept outside a loop over N or C.
    if (ended === 0 && (set & ~STILL_WEIGHTS) === 0 && weights === 1) add(1, outputs, perStep, 0, 'N');
    if (ended === 0 && (set & ~STILL_OUTPUTS) === 0 && outputs === 1) add(weights, 1, perStep, 0, 'C');
    for (let loop = 0; loop < CHAIN.length; loop++) {
      const bit = 1 << loop;
      if ((looping & ~set & bit) === 0) continue;
      const kept = keptBy(bit, (set >> 1) & 3, (set >> 3) & 3);
      const after = set | bit;
      const isRun = ended === 0 && ((after & ~STILL_WEIGHTS) === 0 || (after & ~STILL_OUTPUTS) === 0);
      // What loops inside K keep, they keep at every step of it; K itself keeps a tile at all steps but its first.
      const isInsideK = (set & K_BIT) === 0;
      inner.push(CHAIN[loop]!);
      extend(
        after,
        isRun ? 0 : endedBy(set, ended),
        isRun ? runSteps * steps[loop]! : runSteps,
        isInsideK ? perStep - kept : perStep,
        bit === K_BIT ? fixed + kept : isInsideK ? fixed : fixed - kept,
      );
      inner.pop();
    }
  }

  /** Words that a tile keeps when a loop advances, over all steps of the loops outside it but K. */
  function keptBy(bit: number, inRows: number, inColumns: number): number {
    if (bit === K_BIT) return rows.wrapped[inRows]! * columns.wrapped[inColumns]!;
    if (bit === P_BIT) return rows.outputsKept[inRows === 0 ? 0 : 1]! * columns.wrapped[inColumns]!;
    if (bit === R_BIT) return rows.filtersKept[inRows === 0 ? 0 : 1]! * columns.wrapped[inColumns]!;
    if (bit === Q_BIT) return columns.outputsKept[inColumns === 0 ? 0 : 1]! * rows.wrapped[inRows]!;
    return columns.filtersKept[inColumns === 0 ? 0 : 1]! * rows.wrapped[inRows]!;
  }

  function add(weights: number, outputs: number, perStep: number, fixed: number, over: 'N' | 'C' | null): void {
    const [overN, overC] = [over === 'N', over === 'C'];
    for (const other of found)
      if (
        other.weightSteps <= weights &&
        other.outputSteps <= outputs &&
        other.perStep <= perStep &&
        other.perStep + other.fixed <= perStep + fixed &&
        (other.weightsOverN || !overN) &&
        (other.outputsOverC || !overC)
      )
        return;
    for (let i = found.length - 1; i >= 0; i--) {
      const other = found[i]!;
      if (
        weights <= other.weightSteps &&
        outputs <= other.outputSteps &&
        perStep <= other.perStep &&
        perStep + fixed <= other.perStep + other.fixed &&
        (overN || !other.weightsOverN) &&
        (overC || !other.outputsOverC)
      )
        found.splice(i, 1);
    }
    found.push({
      ...{ weightSteps: weights, weightsOverN: overN, outputSteps: outputs, outputsOverC: overC, perStep, fixed },
      inner: over === null ? [...inner] : [...inner, over],
    });
  }
}

/** The run that ends when a loop comes around a set that does not belong to it: whose loops the set has. */
function endedBy(set: number, ended: number): number {
  if (ended !== 0) return ended;
  if (set !== 0 && (set & ~STILL_WEIGHTS) === 0) return STILL_WEIGHTS;
  return set !== 0 && (set & ~STILL_OUTPUTS) === 0 ? STILL_OUTPUTS : K_BIT;
}
