import type { GeneValue, Genotype } from './spaces/genes.ts';
import type { NetworkSpace } from './spaces/network-space.ts';

/** A figure of networks as a sum over their operations. */
export interface OperationCosts {
  /** The operation that the others are compared with: the first of the space. */
  readonly base: GeneValue;
  /** The figure of a network of base operations alone. */
  readonly baseFigure: number;
  /** Difference that one operation in place of the base operation makes. */
  readonly steps: readonly { readonly operation: GeneValue; readonly added: number }[];
  /** Share of the variance that the sum explains; 1 = the figure is exactly this sum. */
  readonly explained: number;
}

/**
 * Least-squares fit of a figure to the counts of operations, for spaces whose genes all have the same values.
 * @param figures one finite figure per genotype
 * @returns null for other spaces, and when the genotypes do not determine the sum
 */
export function operationCosts(
  space: NetworkSpace,
  genotypes: readonly Genotype[],
  figures: ArrayLike<number>,
): OperationCosts | null {
  const values = space.genes[0]?.values ?? [];
  if (space.genes.some((gene) => gene.values.join() !== values.join())) return null;
  const rows = genotypes.map((genotype) => {
    const row = values.map(() => 0);
    for (const index of genotype) row[index]!++;
    row[0] = 1;
    return row;
  });
  const solution = leastSquares(rows, figures);
  const [base] = values;
  if (solution === null || base === undefined) return null;
  const [baseFigure = Number.NaN, ...added] = solution;
  const largest = Math.max(...solution.map(Math.abs));
  return {
    base,
    baseFigure,
    steps: added.map((one, i) => ({ operation: values[i + 1]!, added: withoutRounding(one, largest) })),
    explained: explainedShare(rows, figures, solution),
  };
}

/** 0 for what elimination leaves of a zero. */
function withoutRounding(value: number, largest: number): number {
  return Math.abs(value) < 1e-10 * largest ? 0 : value;
}

function explainedShare(rows: readonly number[][], figures: ArrayLike<number>, solution: readonly number[]): number {
  let mean = 0;
  for (let n = 0; n < rows.length; n++) mean += figures[n]! / rows.length;
  let residual = 0;
  let total = 0;
  for (const [n, row] of rows.entries()) {
    const fitted = row.reduce((sum, count, i) => sum + count * solution[i]!, 0);
    residual += (figures[n]! - fitted) ** 2;
    total += (figures[n]! - mean) ** 2;
  }
  return total === 0 ? 1 : 1 - residual / total;
}

/** Solves the normal equations by elimination with pivoting. @returns null when they are singular */
function leastSquares(rows: readonly number[][], figures: ArrayLike<number>): number[] | null {
  const size = rows[0]?.length ?? 0;
  const matrix = Array.from({ length: size }, () => new Array<number>(size + 1).fill(0));
  for (const [n, row] of rows.entries())
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) matrix[i]![j]! += row[i]! * row[j]!;
      matrix[i]![size]! += row[i]! * figures[n]!;
    }
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let i = column + 1; i < size; i++)
      if (Math.abs(matrix[i]![column]!) > Math.abs(matrix[pivot]![column]!)) pivot = i;
    [matrix[column], matrix[pivot]] = [matrix[pivot]!, matrix[column]!];
    const head = matrix[column]!;
    if (Math.abs(head[column]!) < 1e-9 * Math.max(1, rows.length)) return null;
    for (let i = 0; i < size; i++) {
      if (i === column) continue;
      const factor = matrix[i]![column]! / head[column]!;
      for (let j = column; j <= size; j++) matrix[i]![j]! -= factor * head[j]!;
    }
  }
  return matrix.map((row, i) => row[size]! / row[i]!);
}
