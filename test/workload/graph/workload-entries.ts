import fc from 'fast-check';
import type { Graph } from '../../../src/workload/graph/graph.ts';
import { ACTIVATION_FUNCTIONS, ELEMENT_WISE } from '../../../src/workload/graph/vector-operation.ts';
import type { Network } from '../../../src/workload/network.ts';
import { file, read } from '../../formats/workload-files.ts';

/** An entry of a workload file. */
export type Entry = Readonly<Record<string, unknown>>;

/** What flows: [features], [features, tokens] or [channels, rows, columns]. */
type Sizes = readonly number[];

/** Numbers that decide about one entry. */
type Dice = readonly [number, number, number, number];

/** Entries of a workload file that fit each other, and what the network reads. */
export interface RandomWorkload {
  readonly input: Sizes;
  readonly layers: readonly Entry[];
}

/** Which entries a list may have. */
export interface EntryOptions {
  readonly blocks?: boolean;
}

const words = (sizes: Sizes) => sizes.reduce((product, size) => product * size, 1);
const isEqual = (a: Sizes, b: Sizes) => a.length === b.length && a.every((size, i) => size === b[i]);
const pick = <T>(list: readonly T[], n: number): T => list[n % list.length]!;

/** Writes entries, keeping track of what flows. */
class EntryList {
  readonly entries: Entry[] = [];
  readonly #flows: { readonly name: string; readonly sizes: Sizes }[];
  current: Sizes;

  constructor(input: Sizes, isNamed: boolean) {
    this.current = input;
    this.#flows = isNamed ? [{ name: 'input', sizes: input }] : [];
  }

  add(entry: Entry, sizes: Sizes): this {
    const name = `n${this.entries.length}`;
    this.entries.push({ name, ...entry });
    this.current = sizes;
    this.#flows.push({ name, sizes });
    return this;
  }

  /** Names of earlier flows of these sizes. */
  alike(sizes: Sizes): string[] {
    return this.#flows.filter((flow) => isEqual(flow.sizes, sizes)).map(({ name }) => name);
  }

  get last(): string {
    return this.#flows.at(-1)!.name;
  }

  /** Any layer on what flows. */
  addLayer([a, b, c, d]: Dice): this {
    const [channels = 1, rows = 1, columns = 1] = this.current;
    const extra = {
      ...(a % 3 === 0 ? { bias: true } : {}),
      ...(b % 5 === 0 ? { activation: pick(ACTIVATION_FUNCTIONS, c) } : {}),
      ...(d % 4 === 0 ? { repeat: 1 + (c % 3) } : {}),
    };
    if (this.current.length === 3) {
      const stride = 1 + (b % 2);
      const size = [Math.ceil(rows / stride), Math.ceil(columns / stride)];
      const window = { kernel: 1 + 2 * (c % 2), stride, padding: 'same' };
      if (a % 4 === 0) return this.add({ kind: 'depthwise', ...window, ...extra }, [channels, ...size]);
      if (a % 4 === 1) return this.add({ kind: 'pointwise', out: 1 + (c % 5), ...extra }, [1 + (c % 5), rows, columns]);
      return this.add({ kind: 'conv', out: 1 + (d % 5), ...window, ...extra }, [1 + (d % 5), ...size]);
    }
    if (this.current.length === 2 && a % 3 === 1) {
      // A product of what flows and itself, [rows, channels] x [channels, rows].
      const { last } = this;
      return this.add({ kind: 'matmul', from: [last, last], rows, inner: channels, columns: rows }, [rows, rows]);
    }
    const out = 1 + (c % 6);
    return this.add({ kind: 'linear', out, ...extra }, this.current.length === 2 ? [out, rows] : [out]);
  }

  /** Any operator or view on what flows. */
  addOperator(kind: number, [a, b, c, d]: Dice): this {
    const [channels = 1, rows = 1, columns = 1] = this.current;
    const { current } = this;
    const isMap = current.length === 3;
    switch (kind) {
      case 0:
        // Of what flowed last or earlier, which others may read too.
        return this.add(
          {
            kind: 'activation',
            function: pick(ACTIVATION_FUNCTIONS, a),
            from: pick(this.alike(current), b),
            ...(c % 4 === 0 ? beside(d) : {}),
          },
          current,
        );
      case 1: {
        const others = this.alike(current);
        const from = [this.last, pick(others, b)];
        const activation = c % 3 === 0 ? { activation: pick(ACTIVATION_FUNCTIONS, d) } : {};
        return this.add({ kind: pick(ELEMENT_WISE, a), from, ...activation }, current);
      }
      case 2:
        return this.add({ kind: pick(ELEMENT_WISE, a), ...beside(b) }, current);
      case 3:
        return this.add({ kind: 'softmax', heads: channels % 2 === 0 ? 2 : 1 }, current);
      case 4:
        return this.add(
          {
            kind: pick(['layer-norm', 'rms-norm'], a),
            ...(b % 3 === 0 ? { parameters: 0 } : b % 3 === 1 ? beside(c) : {}),
          },
          current,
        );
      case 5:
        return this.add({ kind: 'batch-norm' }, current);
      case 6:
        return this.add({ kind: 'local-norm', window: 1 + (a % 5) }, current);
      case 7:
        return this.add({ kind: 'rotary', share: pick([1, 0.5, 0.6], a) }, current);
      case 8:
        if (!isMap) return this.addLayer([a, b, c, d]);
        return this.add(
          {
            kind: 'pool',
            how: pick(['max', 'average'], a),
            kernel: [1 + (b % 2), 1 + (c % 2)],
            stride: 1 + (d % 2),
            padding: 'same',
          },
          [channels, Math.ceil(rows / (1 + (d % 2))), Math.ceil(columns / (1 + (d % 2)))],
        );
      case 9:
        if (!isMap || rows * columns === 1) return this.addLayer([a, b, c, d]);
        return this.add({ kind: 'global-pool', how: pick(['max', 'average'], a) }, [channels]);
      case 10:
        if (!isMap) return this.addLayer([a, b, c, d]);
        return this.add({ kind: 'resize', to: [2 * rows, columns], how: pick(['nearest', 'linear', 'cubic'], a) }, [
          channels,
          2 * rows,
          columns,
        ]);
      case 11:
        return this.add({ kind: 'move', to: [...current].reverse() }, [...current].reverse());
      case 12:
        if (current.length < 2) return this.addLayer([a, b, c, d]);
        return this.add({ kind: 'reduce', to: [channels] }, [channels]);
      case 13:
        return this.add({ kind: 'unknown', operation: 'fft', to: [...current] }, current);
      case 14: {
        const from = [this.last, pick(this.alike(current), a)];
        const axis = current.length === 1 ? 0 : b % current.length;
        const sizes = current.map((size, i) => (i === axis ? 2 * size : size));
        const along = [{}, { along: 'rows' }, { along: 'columns' }][axis];
        return this.add({ kind: 'concat', from, ...along }, sizes);
      }
      case 15:
        return this.add({ kind: 'reshape', to: [words(current)] }, [words(current)]);
      case 16: {
        const sizes = [1 + (a % 4), 2 + (b % 4)];
        return this.add({ kind: 'embedding', rows: 1 + c, out: sizes[0], tokens: sizes[1] }, sizes);
      }
      case 17: {
        const sizes = [1 + (a % 3), 1 + (b % 4), 1 + (c % 4)];
        return this.add({ kind: 'input', to: sizes }, sizes);
      }
      case 18: {
        // Three equal layers under one line.
        const { last } = this;
        if (current.length === 3) return this.addLayer([a, b, c, d]);
        const out = 1 + (a % 4);
        const sizes = current.length === 2 ? [out, rows] : [out];
        const line = `line${this.entries.length}`;
        for (let i = 0; i < 3; i++) this.add({ kind: 'linear', from: last, out, listedAs: line }, sizes);
        return this;
      }
      default:
        return this.addLayer([a, b, c, d]);
    }
  }
}

const KINDS = 22;
const dice = fc.tuple(fc.nat(60), fc.nat(60), fc.nat(60), fc.nat(60));
const step = fc.record({ kind: fc.nat(KINDS), dice });
const blockStep = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 4 }),
  dice,
  repeat: fc.integer({ min: 2, max: 4 }),
});
const item = fc.oneof({ weight: 4, arbitrary: step }, { weight: 1, arbitrary: blockStep });

/** The name of a line is global: in a block it must not meet one outside. */
function inBlock(entries: readonly Entry[], name: string): Entry[] {
  return entries.map((entry) =>
    'listedAs' in entry ? { ...entry, listedAs: `${name}.${String(entry.listedAs)}` } : entry,
  );
}

/** Any workload of a few entries of every kind. */
export function randomWorkload({ blocks = true }: EntryOptions = {}): fc.Arbitrary<RandomWorkload> {
  const input = fc.oneof(
    fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })),
    fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 2, max: 5 })),
    fc.tuple(fc.integer({ min: 1, max: 6 })),
  );
  return fc
    .record({ input, items: fc.array(blocks ? item : step, { minLength: 1, maxLength: 7 }) })
    .map(({ input: sizes, items }) => {
      const list = new EntryList(sizes, true);
      list.addLayer([1, 1, 1, 1]);
      for (const one of items) {
        if (!('steps' in one)) {
          list.addOperator(one.kind, one.dice);
          continue;
        }
        const inner = new EntryList(list.current, true);
        // Often a function of what flows in, which the run before may apply.
        if (one.dice[0] % 2 === 0) inner.addOperator(0, [one.dice[1], inner.alike(list.current).length - 1, 0, 0]);
        for (const { kind, dice: own } of one.steps) if (kind !== 17 && kind !== 16) inner.addOperator(kind, own);
        if (inner.entries.length === 0) continue;
        if (one.dice[2] % 2 === 0 && !isEqual(inner.current, list.current)) restore(inner, list.current);
        const name = `n${list.entries.length}`;
        const repeat = isEqual(inner.current, list.current) ? one.repeat : 1;
        list.add({ kind: 'block', repeat, layers: inBlock(inner.entries, name) }, inner.current);
      }
      return { input: sizes, layers: list.entries };
    });
}
/** Brings what flows back to these sizes by a layer. */
function restore(list: EntryList, sizes: Sizes): void {
  const [channels = 1] = sizes;
  list.add({ kind: 'reshape', to: [words(list.current)] }, [words(list.current)]);
  list.add({ kind: 'linear', out: words(sizes) }, [words(sizes)]);
  if (sizes.length === 1) return;
  list.add({ kind: 'reshape', to: [...sizes] }, sizes);
  if (sizes.length === 3) list.add({ kind: 'pointwise', out: channels }, sizes);
  else list.add({ kind: 'linear', out: channels }, sizes);
}

/** Parameters with constants beside them, or with some that are not read. */
function beside(dice: number): Readonly<Record<string, number>> {
  const parameters = 1 + (dice % 4);
  return {
    parameters,
    ...pick([{}, { constants: 3 }, { unread: parameters }, { unread: 1, constants: 2 }], dice >> 2),
  };
}

/** A workload with every block written out as often as it runs. */
export function unrolled({ input, layers }: RandomWorkload): RandomWorkload {
  const entries: Entry[] = [];
  for (const entry of layers) {
    if (entry.kind !== 'block') {
      entries.push(entry);
      continue;
    }
    const { repeat, ...once } = entry;
    const copies = Number(repeat ?? 1);
    // The last copy keeps the name, by which later entries know what flows out.
    for (let copy = 1; copy <= copies; copy++)
      entries.push({ ...once, name: copy === copies ? entry.name : `${String(entry.name)}-${copy}` });
  }
  return { input, layers: entries };
}

/** The network of a workload. */
export function networkOf({ input, layers }: RandomWorkload, batch = 1): Network & { readonly graph: Graph } {
  const network = read(file(layers, { input }), batch);
  return { ...network, graph: network.graph! };
}

/** One seed: some tests count how often a case occurs. */
export const RUNS = { numRuns: 50, seed: 20_261_129 };
