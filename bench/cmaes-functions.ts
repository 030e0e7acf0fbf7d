/** An objective to be minimized. */
export type TestFunction = (x: readonly number[]) => number;

function sum(n: number, term: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < n; i++) total += term(i);
  return total;
}

/** The functions of the recorded pycma runs, by the names used there. All have optimum 0; all but Rosenbrock's at the origin. */
export const TEST_FUNCTIONS: Readonly<Record<string, TestFunction>> = {
  sphere: (x) => sum(x.length, (i) => x[i]! ** 2),
  ellipsoid_1e6: (x) => sum(x.length, (i) => 1e6 ** (i / (x.length - 1)) * x[i]! ** 2),
  bent_cigar_1e6: (x) => x[0]! ** 2 + 1e6 * sum(x.length - 1, (i) => x[i + 1]! ** 2),
  discus_1e6: (x) => 1e6 * x[0]! ** 2 + sum(x.length - 1, (i) => x[i + 1]! ** 2),
  different_powers: (x) => sum(x.length, (i) => Math.abs(x[i]!) ** (2 + (4 * i) / (x.length - 1))),
  rosenbrock: (x) => sum(x.length - 1, (i) => 100 * (x[i]! ** 2 - x[i + 1]!) ** 2 + (1 - x[i]!) ** 2),
  schwefel_1_2: (x) => {
    let partial = 0;
    return sum(x.length, (i) => {
      partial += x[i]!;
      return partial ** 2;
    });
  },
  ackley: (x) =>
    20 -
    20 * Math.exp(-0.2 * Math.sqrt(sum(x.length, (i) => x[i]! ** 2) / x.length)) +
    Math.E -
    Math.exp(sum(x.length, (i) => Math.cos(2 * Math.PI * x[i]!)) / x.length),
  rastrigin: (x) => 10 * x.length + sum(x.length, (i) => x[i]! ** 2 - 10 * Math.cos(2 * Math.PI * x[i]!)),
};
