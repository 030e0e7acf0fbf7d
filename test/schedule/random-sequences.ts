import type { HeldOperand, Home, Schedule, Segment, SharedLoop } from '../../src/schedule/schedule.ts';
import { LOOP_AXES, loopSizes } from '../../src/schedule/shared-axes.ts';
import { product } from '../../src/util/integers.ts';
import type { Random } from '../../src/util/random.ts';
import type { SecondOperand, Sequence, SequenceOperator, VectorSpan } from '../../src/workload/graph/sequence.ts';
import { makeProblem } from '../../src/workload/problem.ts';

type Sizes = readonly [number, number, number, number];

/** Grows a small network operator by operator. */
export class Grower {
  readonly sizes: Sizes[] = [];
  readonly storageOf: number[] = [];
  readonly operators: SequenceOperator[] = [];
  #storages = 0;

  input(sizes: Sizes): number {
    this.storageOf.push(this.#storages++);
    return this.sizes.push(sizes) - 1;
  }

  mac(input: number, spec: Parameters<typeof makeProblem>[0], second?: SecondOperand): number {
    const problem = makeProblem({ ...spec, inputSize: [this.sizes[input]![2], this.sizes[input]![3]] });
    const { N, G, K, C, P, Q, R, S } = problem.bounds;
    const output = this.input([N, G * K, P, Q]);
    const parameters: SecondOperand = { kind: 'parameters', words: G * C * K * R * S, wordBits: 8 };
    const used = second ?? parameters;
    this.operators.push({
      kind: 'mac',
      name: `o${this.operators.length}`,
      inputs: used.kind === 'parameters' ? [input] : [input, used.tensor],
      output,
      layer: this.operators.length,
      shape: { problem, wordBits: { Weights: 8, Inputs: 8, Outputs: 16 } },
      second: used,
      tiles: true,
      fused: [],
    });
    return output;
  }

  vector(inputs: readonly number[], sizes: Sizes, span: VectorSpan, inPlace: number | null = null): number {
    const output = this.input(sizes);
    const words = product(sizes);
    const load = { repeat: 1, reads: [], wordsOut: words, work: { simple: words, special: 0 }, wordBits: 8 };
    const name = `o${this.operators.length}`;
    this.operators.push({ kind: 'vector', name, inputs, output, load, span, inPlace, fused: [] });
    return output;
  }

  concat(inputs: readonly number[]): number {
    const [n, , p, q] = this.sizes[inputs[0]!]!;
    const output = this.sizes.push([n, inputs.reduce((sum, one) => sum + this.sizes[one]![1], 0), p, q]) - 1;
    const storage = Math.min(...inputs.map((one) => this.storageOf[one]!));
    for (const one of inputs) this.storageOf[one] = storage;
    this.storageOf.push(storage);
    const name = `o${this.operators.length}`;
    this.operators.push({ kind: 'view', view: 'concat', name, inputs, output });
    return output;
  }

  sequence(): Sequence {
    const used = [...new Set(this.storageOf)].sort((a, b) => a - b);
    const storageOf = this.storageOf.map((storage) => used.indexOf(storage));
    const isRead = (storage: number) =>
      this.operators.some(({ kind, inputs }) => kind !== 'view' && inputs.some((one) => storageOf[one] === storage));
    const isMade = (storage: number) => this.operators.some(({ output }) => storageOf[output] === storage);
    return {
      name: 'random',
      tensors: this.sizes.map((sizes, tensor) => ({
        name: `t${tensor}`,
        sizes,
        wordBits: 8,
        storage: storageOf[tensor]!,
      })),
      storages: used.map((_, storage) => ({
        name: `s${storage}`,
        words: Math.max(...this.sizes.map((sizes, tensor) => (storageOf[tensor] === storage ? product(sizes) : 0))),
        wordBits: 8,
        role: isMade(storage) ? (isRead(storage) ? 'inner' : 'output') : 'input',
      })),
      operators: this.operators,
    };
  }
}

/** A network of convolutions of all kinds, additions, pools, parts that are joined, and gates. @param rows of its input */
export function randomSequence(random: Random, rows: number, length: number): Sequence {
  const grower = new Grower();
  let last = grower.input([1, 1 + random.nextInt(3), rows, 1]);
  for (let i = 0; i < length; i++) last = grow(grower, random, last);
  return grower.sequence();
}

function grow(grower: Grower, random: Random, last: number): number {
  const { sizes } = grower;
  const [, channels, rows] = sizes[last]!;
  const alike = sizes.flatMap((one, tensor) =>
    tensor !== last && one.every((size, axis) => size === sizes[last]![axis]) ? [tensor] : [],
  );
  const isFresh = (tensor: number) =>
    grower.operators.some(({ output }) => output === tensor) &&
    !grower.operators.some(({ kind, inputs }) => kind === 'view' && inputs.includes(tensor));
  const name = 'layer';
  switch (random.nextInt(8)) {
    case 0:
      return grower.mac(last, { name, bounds: { K: 1 + random.nextInt(3), C: channels, P: rows } });
    case 1:
      if (alike.length > 0)
        return grower.vector([last, alike[random.nextInt(alike.length)]!], sizes[last]!, { kind: 'words' }, 0);
      return grower.vector([last], sizes[last]!, { kind: 'words' }, 0);
    case 2:
      if (rows < 4) break;
      return grower.vector([last], [1, channels, Math.floor(rows / 2), 1], {
        ...{ kind: 'window', size: [2, 1], stride: [2, 1], pad: [0, 0] },
      });
    case 3: {
      const other = alike.find(isFresh);
      if (other === undefined || !isFresh(last)) break;
      return grower.concat([other, last]);
    }
    case 4: {
      if (channels > 2) break;
      const pooled = grower.vector([last], [1, channels, 1, 1], {
        kind: 'window',
        size: [rows, 1],
        stride: [1, 1],
        pad: [0, 0],
      });
      const gate = grower.mac(pooled, { name, bounds: { K: channels, C: channels } });
      return grower.vector([last, gate], sizes[last]!, { kind: 'words' }, 0);
    }
    case 5:
      return grower.vector([last], sizes[last]!, { kind: 'channels', group: channels }, 0);
    default:
      break;
  }
  const R = rows < 3 ? 1 : 1 + random.nextInt(3);
  const pad = R === 3 ? random.nextInt(2) : 0;
  const stride = rows > 5 ? 1 + random.nextInt(2) : 1;
  const P = Math.floor((rows + 2 * pad - R) / stride) + 1;
  const bounds = random.nextInt(2) === 0 ? { G: channels, P, R } : { K: 1 + random.nextInt(2), C: channels, P, R };
  return grower.mac(last, { name, bounds, stride: [stride, 1], paddingBefore: [pad, 0] });
}

/** Attention of a few heads: queries, keys and values are projected or given. */
export function randomAttention(random: Random): Sequence {
  const grower = new Grower();
  const [heads, width, rows, keys] = [
    1 + random.nextInt(3),
    1 + random.nextInt(2),
    2 + random.nextInt(5),
    2 + random.nextInt(3),
  ];
  const given = (length: number) => grower.input([1, heads * width, length, 1]);
  const name = 'product';
  const projected = (input: number, P: number) =>
    random.nextInt(2) === 0 ? input : grower.mac(input, { name, bounds: { K: heads * width, C: heads * width, P } });
  const k = projected(given(keys), keys);
  const v = projected(given(keys), keys);
  const q = projected(given(rows), rows);
  const s = grower.mac(
    q,
    { name, bounds: { G: heads, K: keys, C: width, P: rows } },
    { kind: 'keys', tensor: k, rowAxis: 'p' },
  );
  const p = grower.vector([s], grower.sizes[s]!, { kind: 'channels', group: keys }, 0);
  grower.mac(
    p,
    { name, bounds: { G: heads, K: width, C: keys, P: rows } },
    { kind: 'values', tensor: v, rowAxis: 'p' },
  );
  return grower.sequence();
}

/** A schedule that need not be legal: its segments may be unfit to be planned. */
export function randomSchedule(random: Random, sequence: Sequence): Schedule {
  const { operators, tensors, storages } = sequence;
  const firsts = operators.flatMap((_, index) => (index === 0 || random.nextInt(3) === 0 ? [index] : []));
  const ranges = firsts.map((first, i) => ({ first, end: firsts[i + 1] ?? operators.length }));
  const isWithin = (storage: number) => {
    const touching = operators.flatMap(({ inputs, output }, index) =>
      [...inputs, output].some((tensor) => tensors[tensor]!.storage === storage) ? [index] : [],
    );
    const own = ranges.find(({ first, end }) => touching.every((index) => index >= first && index < end));
    return own !== undefined && tensors[operators[own.end - 1]!.output]!.storage !== storage;
  };
  const homes = storages.map(({ role }, storage): Home => {
    if (role !== 'inner') return 'outermost';
    if (isWithin(storage) && random.nextInt(4) > 0) return 'fused';
    return random.nextInt(2) === 0 ? 'retained' : 'outermost';
  });
  const hasParameters = (index: number) => {
    const one = operators[index]!;
    return one.kind === 'mac' && one.second.kind === 'parameters';
  };
  const pinned = operators.flatMap((_, index) => (hasParameters(index) && random.nextInt(5) === 0 ? [index] : []));
  const segments = ranges.map(({ first, end }): Segment => {
    const own = operators.slice(first, end);
    const made = new Set(own.map(({ output }) => output));
    const outside = [...new Set(own.flatMap(({ kind, inputs }) => (kind === 'view' ? [] : inputs)))].filter(
      (tensor) => !made.has(tensor) && homes[tensors[tensor]!.storage] === 'outermost',
    );
    const held: HeldOperand[] = [
      ...outside.map((tensor): HeldOperand => ({ kind: 'tensor', tensor })),
      ...own.flatMap((_, i): HeldOperand[] =>
        hasParameters(first + i) && !pinned.includes(first + i) ? [{ kind: 'parameters', operator: first + i }] : [],
      ),
    ].filter(() => random.nextInt(2) === 0);
    const loops = end - first === 1 ? [] : randomLoops(random, sequence, end - 1);
    return { first, end, loops, halo: random.nextInt(2) === 0 ? 'cached' : 'recomputed', held };
  });
  return { homes, pinned, segments };
}

function randomLoops(random: Random, sequence: Sequence, sink: number): SharedLoop[] {
  const sizes = loopSizes(sequence, sink);
  const isLayer = sequence.operators[sink]!.kind === 'mac';
  const axes =
    isLayer && random.nextInt(3) === 0
      ? ([['reduced'], ['reduced'], ['p', 'reduced'], ['reduced', 'p'], ['c', 'reduced']] as const)[random.nextInt(5)]!
      : ([['p'], ['p'], ['p'], ['c'], ['c', 'p'], ['p', 'c']] as const)[random.nextInt(6)]!;
  return axes.map((axis) => ({ axis, tile: 1 + random.nextInt(Math.min(3, sizes[LOOP_AXES.indexOf(axis)]!)) }));
}

/** Padded filters one after the other that run in bands of rows, with all between them as tiles: their halos add up at the borders. */
export function randomBands(random: Random, rows: number): { sequence: Sequence; schedule: Schedule } {
  const grower = new Grower();
  let last = grower.input([1, 1, rows, 1]);
  const length = 2 + random.nextInt(3);
  for (let i = 0; i < length; i++) {
    const P = grower.sizes[last]![2];
    const R = 1 + 2 * random.nextInt(3);
    last = grower.mac(last, { name: 'filter', bounds: { P, R }, paddingBefore: [(R - 1) / 2, 0] });
  }
  const sequence = grower.sequence();
  const tile = 1 + random.nextInt(2);
  const halo = random.nextInt(2) === 0 ? 'cached' : 'recomputed';
  const held: HeldOperand[] = random.nextInt(2) === 0 ? [] : [{ kind: 'tensor', tensor: 0 }];
  return {
    sequence,
    schedule: {
      homes: sequence.storages.map(({ role }) => (role === 'inner' ? 'fused' : 'outermost')),
      pinned: [],
      segments: [{ first: 0, end: length, loops: [{ axis: 'p', tile }], halo, held }],
    },
  };
}

/**
 * Layers, of which the last but one sums in slices what the others make; one more, so that its sums may be retained. What lies between may go elsewhere too.
 */
export function randomSums(random: Random, rows: number): { sequence: Sequence; schedule: Schedule } {
  const grower = new Grower();
  const name = 'layer';
  const wide = 1 + random.nextInt(6);
  let last = grower.input([1 + random.nextInt(2), 1 + random.nextInt(3), rows, 1]);
  const channels = () => grower.sizes[last]![1];
  const outer = () => ({ N: grower.sizes[last]![0], P: grower.sizes[last]![2] });
  const first = (input: number) => {
    const R = 1 + 2 * random.nextInt(2);
    return {
      name,
      bounds: { ...outer(), K: wide, C: grower.sizes[input]![1], R },
      paddingBefore: [(R - 1) / 2, 0] as const,
    };
  };
  const half = random.nextInt(4) === 0 ? grower.mac(last, first(last)) : null;
  last = half === null ? grower.mac(last, first(last)) : grower.concat([half, grower.mac(half, first(half))]);
  if (random.nextInt(3) === 0) last = grower.vector([last], grower.sizes[last]!, { kind: 'words' }, 0);
  if (random.nextInt(4) === 0) last = grower.mac(last, { name, bounds: { ...outer(), G: channels() } });
  const sum = grower.mac(last, { name, bounds: { ...outer(), K: 1 + random.nextInt(3), C: channels() } });
  const end = grower.operators.length;
  last = grower.mac(sum, { name, bounds: { ...outer(), C: grower.sizes[sum]![1] } });
  const sequence = grower.sequence();
  const axes = ([['reduced'], ['p', 'reduced'], ['n', 'reduced']] as const)[random.nextInt(3)]!;
  const sizes = loopSizes(sequence, end - 1);
  const loops = axes.map((axis): SharedLoop => ({ axis, tile: 1 + random.nextInt(sizes[LOOP_AXES.indexOf(axis)]!) }));
  const held: HeldOperand[] = [
    { kind: 'tensor' as const, tensor: 0 },
    { kind: 'parameters' as const, operator: 0 },
    { kind: 'parameters' as const, operator: end - 1 },
  ].filter(() => random.nextInt(2) === 0);
  const homes = sequence.storages.map(({ role }, storage): Home => {
    if (role !== 'inner') return 'outermost';
    if (storage === sequence.tensors[sum]!.storage) return random.nextInt(2) === 0 ? 'retained' : 'outermost';
    return (['fused', 'fused', 'retained', 'outermost'] as const)[random.nextInt(4)]!;
  });
  const halo = random.nextInt(2) === 0 ? 'cached' : 'recomputed';
  const tail: Segment = { first: end, end: end + 1, loops: [], halo: 'cached', held: [] };
  return { sequence, schedule: { homes, pinned: [], segments: [{ first: 0, end, loops, halo, held }, tail] } };
}

/** Two matrix products in a row, most with something word by word between them: the hidden channels may be summed in slices. */
export function randomPair(random: Random): Sequence {
  const grower = new Grower();
  const name = 'product';
  const [P, C, hidden] = [1 + random.nextInt(2), 1 + random.nextInt(2), 2 + random.nextInt(3)];
  const middle = grower.mac(grower.input([1, C, P, 1]), { name, bounds: { K: hidden, C, P } });
  const between = random.nextInt(3) > 0 ? middle : grower.vector([middle], grower.sizes[middle]!, { kind: 'words' }, 0);
  grower.mac(between, { name, bounds: { K: 1 + random.nextInt(2), C: hidden, P } });
  return grower.sequence();
}
