import type { Accelerator, StorageLevel } from '../../accelerator/accelerator.ts';
import { vectorCost, vectorOperatorCost } from '../../cost/vector-cost.ts';
import { movedBits, type VectorOperatorCost } from '../../cost/vector-step.ts';
import { type EnergyAndCycles, isCostly, repeatedSum } from '../../util/network-totals.ts';
import type { VectorDemand } from '../../workload/graph/fusion.ts';

/** A vector operator with what one run of it costs; null where the accelerator has no vector unit. */
export interface PricedOperator {
  readonly demand: VectorDemand;
  readonly cost: VectorOperatorCost | null;
}

/** The operators of a network that are no layers, on an accelerator. */
export interface VectorReport {
  readonly operators: readonly PricedOperator[];
  /** Whether the accelerator has a vector unit, so that they are priced. */
  readonly isPriced: boolean;
  /** Words that they read and write in all, repeats counted. */
  readonly words: number;
  /** Nothing where they are not priced. */
  readonly totals: EnergyAndCycles;
}

/** Widths of the words that operators move, each once, in ascending order: their own, or those in which levels move them. */
export function movedWidths(
  operators: readonly VectorDemand[],
  levels: readonly Pick<StorageLevel, 'storedBits'>[] = [{ storedBits: {} }],
): readonly number[] {
  const widths = operators.flatMap(({ reads, wordsOut, wordBits }) => [
    ...reads.map((read) => read.wordBits),
    ...(wordsOut > 0 ? [wordBits] : []),
  ]);
  return [...new Set(levels.flatMap((level) => widths.map((bits) => movedBits(level, bits))))].sort((a, b) => a - b);
}

/** Prices the vector operators of a network. */
export function vectorReport(demands: readonly VectorDemand[], accelerator: Accelerator): VectorReport {
  return {
    operators: demands.map((demand) => ({ demand, cost: vectorOperatorCost(demand, accelerator) })),
    isPriced: accelerator.vectorUnit !== undefined,
    words: repeatedSum(demands, ({ wordsIn, wordsOut }) => wordsIn + wordsOut),
    totals: vectorCost(demands, accelerator),
  };
}

/** Operators that cost anything, repeats counted. */
export function pricedOperators(vector: VectorReport): number {
  return vectorSum(vector, (cost) => (isCostly(cost) ? 1 : 0));
}

/** Sum of a figure over the operators, repeats counted; 0 where they are not priced. */
export function vectorSum({ operators }: VectorReport, figureOf: (cost: VectorOperatorCost) => number): number {
  return operators.reduce((sum, { demand, cost }) => sum + demand.repeat * (cost === null ? 0 : figureOf(cost)), 0);
}

/** Plain JSON of the operators that are no layers; nothing where there are none. */
export function vectorJson({ operators, isPriced, words, totals }: VectorReport, { levels }: Accelerator): object {
  if (operators.length === 0) return {};
  return {
    vectorOperators: {
      priced: isPriced,
      words,
      ...(isPriced ? totals : { energyPj: null, cycles: null }),
      operators: operators.map(({ demand, cost }) => ({
        name: demand.name,
        kind: demand.kind,
        ...(demand.kind === 'unknown' ? { operation: demand.label } : {}),
        repeat: demand.repeat,
        fused: demand.isFused,
        wordsIn: demand.wordsIn,
        wordsOut: demand.wordsOut,
        bitsIn: demand.reads.reduce((sum, { words, wordBits }) => sum + words * wordBits, 0),
        bitsOut: demand.wordsOut * demand.wordBits,
        simpleOperations: demand.work.simple,
        specialOperations: demand.work.special,
        energyPj: cost?.energyPj ?? null,
        boundBy: typeof cost?.boundBy === 'number' ? levels[cost.boundBy]!.name : (cost?.boundBy ?? null),
        cycles: cost?.cycles ?? null,
      })),
    },
  };
}
