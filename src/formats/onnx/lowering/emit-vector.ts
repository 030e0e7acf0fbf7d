import { product } from '../../../util/integers.ts';
import type { Flow } from '../../../workload/graph/graph-builder.ts';
import type { ElementWise, VectorOperation } from '../../../workload/graph/vector-operation.ts';
import { type Activation, activationWords } from '../../../workload/layers.ts';
import type { InferredTensor } from '../inference/inferred-model.ts';
import type { Emitter, Parameters } from './emitter.ts';
import type { NodeOperation } from './lower-vector.ts';
import {
  activationIn,
  type Place,
  type Placed,
  plainActivation,
  reshapedPlaces,
  sizesIn,
  usualPlaces,
} from './placement.ts';

/** One operand: a tensor and what flows in it. */
export interface Operand {
  readonly tensor: InferredTensor;
  readonly placed: Placed;
}

/** Adds an operator on one activation that makes `output`. */
export function emitUnary(
  emitter: Emitter,
  name: string,
  operation: NodeOperation,
  { tensor, placed }: Operand,
  output: InferredTensor,
  parameters: Parameters = {},
): void {
  const dims = output.dims!;
  const words = product(dims);
  const bits = emitter.widths.of(output);
  const put = (flow: Flow, places: readonly Place[] | undefined) => emitter.put(output, { flow, places });
  const same = (flow: Flow, own: VectorOperation) =>
    emitter.vector(name, own, [flow], flow.activation, words, bits, parameters);
  const { kind } = operation;
  switch (kind) {
    case 'softmax':
    case 'layer-norm':
    case 'rms-norm': {
      const own = activationWords(placed.flow.activation);
      // What is normalised across inputs counts as if each were alone.
      const group = own % operation.group === 0 ? operation.group : own;
      const flow = grouped(emitter, name, placed.flow, group);
      put(same(flow, { kind, rows: words / group }), keptPlaces(tensor, placed, flow, dims));
      return;
    }
    case 'rotary':
      put(same(placed.flow, { kind, words }), keptPlaces(tensor, placed, placed.flow, dims));
      return;
    case 'global-pool': {
      const { flow } = emitter.withPlaces(tensor, asMap(tensor, placed, emitter), name);
      const { channels, size } = flow.activation;
      const pool = { kind: 'pool', how: operation.how, kernel: size, stride: [1, 1], paddingBefore: [0, 0] } as const;
      if (words !== channels * emitter.inputsOf(flow)) {
        emitReduction(emitter, name, { tensor, placed }, output);
        return;
      }
      const activation: Activation = { channels, size: [1, 1], form: 'vector' };
      const places = usualPlaces(dims, emitter.inputsOf(flow))?.map((place): Place => (place === 0 ? 0 : 1));
      put(emitter.vector(name, pool, [flow], activation, words, bits, parameters), places);
      return;
    }
    case 'pool':
    case 'resize': {
      if (tensor.dims![0] !== emitter.inputsOf(placed.flow) || dims.length > 4) {
        emitReduction(emitter, name, { tensor, placed }, output);
        return;
      }
      const { flow, places } = emitter.withPlaces(tensor, asMap(tensor, placed, emitter), name);
      const activation = activationIn(dims, places, 'map');
      if (activation.channels !== flow.activation.channels) emitReduction(emitter, name, { tensor, placed }, output);
      else put(emitter.vector(name, operation, [flow], activation, words, bits, parameters), places);
      return;
    }
    case 'reduce':
      emitReduction(emitter, name, { tensor, placed }, output);
      return;
    default:
      put(same(placed.flow, operation), keptPlaces(tensor, placed, placed.flow, dims));
  }
}

/** Places of an output of as many words in the same order as an input. */
function keptPlaces(
  { dims }: InferredTensor,
  { flow: before, places }: Placed,
  flow: Flow,
  output: readonly number[],
): readonly Place[] | undefined {
  if (flow.activation !== before.activation) return undefined;
  return output.length === dims!.length ? places : reshapedPlaces(dims!, places, output);
}

/** A flow whose channels are groups of so many words. */
function grouped(emitter: Emitter, name: string, flow: Flow, group: number): Flow {
  const { channels, size } = flow.activation;
  if (channels % group === 0) return flow;
  const words = channels * size[0] * size[1];
  return words % group === 0
    ? emitter.fit(flow, { channels: group, size: [words / group, 1], form: 'sequence' }, name)
    : flow;
}

/** [N, C, L] as a map of one column, and [N, C, rows ..., columns] as a map, where they flow as something else. */
function asMap({ dims }: InferredTensor, placed: Placed, emitter: Emitter): Placed {
  if (placed.flow.activation.form === 'map' && placed.places !== undefined) return placed;
  const places = dims!.map(
    (_, axis): Place => (axis === 0 ? 0 : axis === 1 ? 1 : axis === 2 || axis < dims!.length - 1 ? 2 : 3),
  );
  if (dims![0] !== emitter.inputsOf(placed.flow)) return placed;
  return { flow: emitter.fit(placed.flow, activationIn(dims!, places, 'map'), 'map'), places };
}

/** Words that are made of several each. */
function emitReduction(emitter: Emitter, name: string, { tensor, placed }: Operand, output: InferredTensor): void {
  const dims = output.dims!;
  const { places } = placed;
  const isRanked = places !== undefined && dims.length === tensor.dims!.length;
  const batch = emitter.inputsOf(placed.flow);
  const own = isRanked ? places : usualPlaces(dims, batch);
  const activation = own === undefined ? plainActivation(dims, batch) : activationIn(dims, own);
  const words = product(dims);
  const window = product(tensor.dims!) / Math.max(1, words);
  const flow = emitter.vector(
    name,
    window < 1 ? { kind: 'move' } : { kind: 'reduce', window },
    [placed.flow],
    activation,
    words,
    emitter.widths.of(output),
  );
  emitter.put(output, { flow, places: own });
}

/** Adds an operator of several operands, word by word; those of fewer words are used for several. */
export function emitElementWise(
  emitter: Emitter,
  name: string,
  kind: ElementWise,
  operands: readonly Operand[],
  output: InferredTensor,
  parameters: Parameters,
): void {
  const dims = output.dims!;
  const words = product(dims);
  const largest = operands.reduce((most, operand) =>
    product(operand.tensor.dims!) > product(most.tensor.dims!) ? operand : most,
  );
  const whole = spread(emitter, name, largest, dims);
  const flows = operands.map((operand) =>
    operand === largest ? whole.flow : alignedFlow(emitter, name, operand, whole, dims),
  );
  const bits = emitter.widths.of(output);
  const flow = emitter.vector(name, { kind }, flows, whole.flow.activation, words, bits, parameters);
  emitter.put(output, { flow, places: whole.places });
}

/** The operand in the sizes of the result; where the result has more words than each operand, it is written out to as many. */
function spread(emitter: Emitter, name: string, { tensor, placed }: Operand, dims: readonly number[]): Placed {
  const own = tensor.dims!;
  const words = product(dims);
  if (product(own) === words)
    return {
      flow: placed.flow,
      places: own.length === dims.length ? placed.places : reshapedPlaces(own, placed.places, dims),
    };
  return expanded(emitter, name, placed.flow, dims);
}

/** Words of an activation written out to more: each stands for several. */
export function expanded(emitter: Emitter, name: string, flow: Flow, dims: readonly number[]): Placed {
  const places = usualPlaces(dims, emitter.batch);
  const activation = places === undefined ? plainActivation(dims, emitter.batch) : activationIn(dims, places);
  const made = emitter.vector(`${name}.expanded`, { kind: 'move' }, [flow], activation, product(dims), flow.wordBits);
  return { flow: made, places };
}

function alignedFlow(
  emitter: Emitter,
  name: string,
  { tensor, placed }: Operand,
  whole: Placed,
  dims: readonly number[],
): Flow {
  const own = tensor.dims!;
  const target = whole.flow.activation;
  const { flow } = placed;
  if (product(own) === product(dims)) return emitter.fit(flow, target, name);
  const padded = [...dims.slice(own.length).map(() => 1), ...own];
  const places = whole.places ?? usualPlaces(dims, emitter.inputsOf(whole.flow));
  if (places !== undefined && padded.length === places.length) {
    const sizes = sizesIn(padded, places).slice(1);
    const wanted = [target.channels, ...target.size];
    const isFitting = sizes.every(
      (size, i) =>
        size === wanted[i] || size === 1 || (i === 0 && target.form === 'sequence' && wanted[0]! % size === 0),
    );
    const before = flow.activation;
    if (isFitting && [before.channels, ...before.size].every((size, i) => size === sizes[i])) return flow;
    if (isFitting) return emitter.fit(flow, activationIn(padded, places, target.form), name);
  }
  if (product(own) === 1 || activationWords(flow.activation) === 1) return flow;
  return emitter.fit(expanded(emitter, name, flow, dims).flow, target, name);
}
