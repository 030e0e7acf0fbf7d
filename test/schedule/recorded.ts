import { readFileSync } from 'node:fs';
import type { Accelerator, StorageLevel } from '../../src/accelerator/accelerator.ts';
import type { HeldOperand, Home, Schedule } from '../../src/schedule/schedule.ts';
import { DIMS, perTensor, TENSORS } from '../../src/util/vocabulary.ts';
import type { Sequence, SequenceOperator, SequenceTensor, Storage } from '../../src/workload/graph/sequence.ts';
import { makeProblem } from '../../src/workload/problem.ts';

/** A box of a recorded step: from and to along n, c, p, q; of parameters along g, c, k, rs. */
export type RecordedBox = readonly (readonly [number, number])[];

/** A step of a recorded schedule. */
export interface RecordedStep {
  readonly operator: string;
  readonly iteration: number;
  readonly output_box: Readonly<Record<'n' | 'c' | 'p' | 'q', readonly [number, number]>>;
  /** Of steps of layers. */
  readonly homes?: Readonly<Record<string, string>>;
  readonly holds: Readonly<Record<string, RecordedBox>>;
  readonly fetch: Readonly<Record<string, RecordedBox>>;
  readonly drain: Readonly<Record<string, RecordedBox>>;
  readonly room_bits: number;
  readonly tile_bits?: number;
  readonly in_place_words?: number;
  readonly mapping?: readonly {
    readonly level: string;
    readonly temporal: readonly (readonly [string, number])[];
    readonly spatial: readonly (readonly [string, number, string])[];
  }[];
  readonly counts: Readonly<Record<string, readonly [number, number, number]>>;
  readonly energy_pJ: number;
  readonly cycles: number;
}

interface RecordedSegment {
  readonly operators: readonly string[];
  readonly held: readonly string[];
  readonly loops?: readonly (readonly ['n' | 'c' | 'p' | 'q', number])[];
  readonly halo?: 'cached' | 'recomputed';
  readonly steps?: readonly RecordedStep[];
}

/** A recorded schedule. */
export interface RecordedSchedule {
  readonly homes: Readonly<Record<string, 'D' | 'R' | 'F'>>;
  readonly pinned: readonly string[];
  readonly segments: readonly RecordedSegment[];
}

interface RecordedOperator {
  readonly name: string;
  readonly kind: 'mac' | 'vector' | 'concat';
  readonly dims?: Readonly<Record<string, number>>;
  readonly stride?: readonly [number, number];
  readonly dilation?: readonly [number, number];
  readonly pad?: readonly [number, number];
  readonly input?: string;
  readonly inputs?: readonly string[];
  readonly weights?: { readonly words?: number; readonly tensor?: string; readonly layout?: 'keys' | 'values' };
  readonly output: string;
  readonly work_per_word?: number;
  readonly window?: {
    readonly size: readonly [number, number];
    readonly stride: readonly [number, number];
    readonly pad: readonly [number, number];
  };
  readonly inplace?: number;
}

/** A recorded case. */
export interface RecordedCase {
  readonly id: string;
  readonly kind: string;
  readonly arch: {
    readonly levels: readonly {
      readonly name: string;
      readonly dram: boolean;
      readonly capacity_words: number | null;
      readonly word_bits: number;
      readonly block_words: number;
      readonly instances: number;
      readonly bandwidth: Readonly<Partial<Record<'read' | 'write' | 'shared', number>>>;
      readonly energy_pJ: Readonly<Record<'read' | 'fill' | 'update', number>>;
    }[];
    readonly spatial?: {
      readonly level: string;
      readonly array: string;
      readonly dims: readonly string[];
      readonly size: number;
    };
    readonly mac: { readonly instances: number; readonly energy_pJ: number };
    readonly bits: {
      readonly activation: number;
      readonly weight: number;
      readonly partial: Readonly<Record<string, number>>;
    };
    readonly vector: { readonly lanes: number; readonly energy_pJ: number };
  };
  readonly graph: {
    readonly tensors: readonly {
      readonly name: string;
      readonly shape: readonly [number, number, number, number];
      readonly role?: 'input' | 'output';
    }[];
    readonly operators: readonly RecordedOperator[];
  };
  readonly schedule?: RecordedSchedule;
  readonly results?: {
    readonly edp?: { readonly schedule: RecordedSchedule };
  };
}

/** The cases of a file. */
export function readCases(file: string): RecordedCase[] {
  const cases: RecordedCase[] = JSON.parse(readFileSync(file, 'utf8'));
  return cases;
}

/** The graph of a case as a sequence. */
export function sequenceOf({ id, arch, graph }: RecordedCase): Sequence {
  const names = graph.tensors.map(({ name }) => name);
  const at = (name: string) => names.indexOf(name);
  const storageOf = names.map((_, index) => index);
  for (const { kind, inputs = [], output } of graph.operators)
    if (kind === 'concat') for (const input of inputs) storageOf[at(input)] = at(output);
  const roots = [...new Set(storageOf)].sort((a, b) => a - b);
  const wordBits = arch.bits.activation;
  const words = (index: number) => graph.tensors[index]!.shape.reduce((product, size) => product * size, 1);
  const tensors = graph.tensors.map(
    ({ name, shape }, index): SequenceTensor => ({
      name,
      sizes: shape,
      wordBits,
      storage: roots.indexOf(storageOf[index]!),
    }),
  );
  return {
    name: id,
    tensors,
    storages: roots.map((index): Storage => {
      const { name, role } = graph.tensors[index]!;
      return { name, words: words(index), wordBits, role: role ?? 'inner' };
    }),
    operators: graph.operators.map((one, index) => operatorOf(one, index, arch, tensors)),
  };
}

function operatorOf(
  one: RecordedOperator,
  layer: number,
  { bits, levels }: RecordedCase['arch'],
  tensors: readonly SequenceTensor[],
): SequenceOperator {
  const at = (name: string) => tensors.findIndex((tensor) => tensor.name === name);
  const { name } = one;
  const output = at(one.output);
  if (one.kind === 'concat') return { kind: 'view', view: 'concat', name, inputs: one.inputs!.map(at), output };
  const outputWords = tensors[output]!.sizes.reduce((product, size) => product * size, 1);
  if (one.kind === 'vector') {
    const { window } = one;
    return {
      kind: 'vector',
      name,
      inputs: one.inputs!.map(at),
      output,
      load: {
        repeat: 1,
        reads: [],
        wordsOut: outputWords,
        work: { simple: outputWords * one.work_per_word!, special: 0 },
        wordBits: bits.activation,
      },
      span: window === undefined ? { kind: 'words' } : { kind: 'window', ...window },
      inPlace: one.inplace ?? null,
      fused: [],
    };
  }
  const input = at(one.input!);
  const second = one.weights?.tensor;
  const { sizes } = tensors[input]!;
  const innermost = levels.at(-1)!.name;
  return {
    kind: 'mac',
    name,
    layer,
    inputs: second === undefined ? [input] : [input, at(second)],
    output,
    shape: {
      problem: makeProblem({
        name,
        bounds: one.dims ?? {},
        stride: one.stride!,
        dilation: one.dilation!,
        paddingBefore: one.pad!,
        inputSize: [sizes[2], sizes[3]],
      }),
      wordBits: { Weights: bits.weight, Inputs: bits.activation, Outputs: bits.partial[innermost]! },
    },
    second:
      second === undefined
        ? { kind: 'parameters', words: one.weights!.words!, wordBits: bits.weight }
        : { kind: one.weights!.layout!, tensor: at(second), rowAxis: 'n' },
    tiles: true,
    fused: [],
  };
}

/** A recorded schedule in the terms of its sequence. */
export function scheduleOf({ tensors, storages, operators }: Sequence, recorded: RecordedSchedule): Schedule {
  const homes: Readonly<Record<string, Home>> = { D: 'outermost', R: 'retained', F: 'fused' };
  const named = (name: string) => operators.findIndex((operator) => operator.name === name);
  const homeOf = (storage: number): Home => {
    const names = tensors.flatMap((tensor) => (tensor.storage === storage ? [recorded.homes[tensor.name]] : []));
    return homes[names.find((home) => home !== undefined) ?? 'D']!;
  };
  return {
    homes: storages.map((_, storage) => homeOf(storage)),
    pinned: recorded.pinned.map(named).sort((a, b) => a - b),
    segments: recorded.segments.map(({ operators: names, held, loops = [], halo = 'cached' }) => {
      const first = named(names[0]!);
      return {
        first,
        end: named(names.at(-1)!) + 1,
        loops: loops.map(([axis, tile]) => ({ axis, tile })),
        halo,
        held: held.map((name): HeldOperand => {
          const tensor = tensors.findIndex((one) => one.name === name);
          return tensor >= 0 ? { kind: 'tensor', tensor } : { kind: 'parameters', operator: named(name) };
        }),
      };
    }),
  };
}

/** The accelerator of a case. The vector unit sits at the outermost level, so that words pass nothing on their way to and from their homes. */
export function acceleratorOf({ id, arch }: RecordedCase): Accelerator {
  const { levels, spatial, mac, vector, bits } = arch;
  return {
    name: id,
    levels: levels.map((level): StorageLevel => {
      const { read, write, shared } = level.bandwidth;
      return {
        name: level.name,
        isDram: level.dram,
        capacity:
          level.capacity_words === null
            ? { kind: 'unlimited' }
            : { kind: 'shared', bits: level.capacity_words * level.word_bits },
        doubleBuffered: false,
        wordBits: level.word_bits,
        storedBits: { Outputs: bits.partial[level.name]! },
        blockWords: level.block_words,
        bandwidth: {
          ...(read === undefined ? {} : { readWordsPerCycle: read }),
          ...(write === undefined ? {} : { writeWordsPerCycle: write }),
          ...(shared === undefined ? {} : { sharedWordsPerCycle: shared }),
        },
        energy: { readPj: level.energy_pJ.read, fillPj: level.energy_pJ.fill, updatePj: level.energy_pJ.update },
        mayKeep: TENSORS,
        mustKeep: TENSORS,
        instances: level.instances,
        areaMm2: 0,
        leakagePjPerCycle: 0,
        fanOut: {
          dimensions:
            spatial?.level === level.name
              ? [
                  {
                    name: spatial.array,
                    size: spatial.size,
                    parallelDims: DIMS.filter((dim) => spatial.dims.includes(dim)),
                  },
                ]
              : [],
          multicast: perTensor(() => true),
          hopEnergyPj: 0,
        },
      };
    }),
    mac: { instances: mac.instances, wordBits: bits.weight, energyPj: mac.energy_pJ, areaMm2: 0 },
    vectorUnit: {
      level: 0,
      simplePerCycle: vector.lanes,
      specialPerCycle: vector.lanes,
      simplePj: vector.energy_pJ,
      specialPj: vector.energy_pJ,
    },
    clockHz: 1e9,
    technology: 'explicit',
    source: 'recorded',
  };
}
