/** One fully connected layer: outputs = weights * inputs + biases, weights row by row, one row per output. */
export interface DenseLayer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: Float32Array;
  readonly biases: Float32Array;
}

/**
 * Output of a perceptron with rectified units between its layers, none after the last, for inputs that are 1 at the given places and 0 elsewhere.
 * Sums are in double precision: published float32 figures are met to about 1e-7.
 */
export function perceptronOutput(layers: readonly DenseLayer[], hotInputs: readonly number[]): number {
  const [first, ...rest] = layers;
  if (first === undefined) throw new RangeError('a perceptron has at least one layer');
  let values = Float64Array.from(first.biases, (bias, row) =>
    hotInputs.reduce((sum, place) => sum + first.weights[row * first.inputs + place]!, bias),
  );
  for (const { inputs, outputs, weights, biases } of rest) {
    const next = new Float64Array(outputs);
    for (let row = 0; row < outputs; row++) {
      let sum = biases[row]!;
      for (let i = 0, at = row * inputs; i < inputs; i++, at++) {
        const value = values[i]!;
        if (value > 0) sum += weights[at]! * value;
      }
      next[row] = sum;
    }
    values = next;
  }
  return values[0]!;
}
