import type { Accelerator, StorageLevel } from '../../src/accelerator/accelerator.ts';
import type { Evaluation } from '../../src/cost/evaluation.ts';
import type { LevelMapping } from '../../src/mapping/mapping.ts';
import { ceilDiv, product } from '../../src/util/integers.ts';
import { type Dim, perTensor, TENSORS } from '../../src/util/vocabulary.ts';
import { makeProblem } from '../../src/workload/problem.ts';
import type { ReadWords } from '../../src/workload/read-words.ts';
import type { ResidentCase } from './residency-arbitraries.ts';

type Range = readonly [number, number];
type Axis = 'n' | 'c' | 'p' | 'q';

/** An accelerator as schedules are recorded with it; the second level retains. */
interface RecordedArch {
  readonly levels: readonly {
    readonly name: string;
    readonly word_bits: number;
    readonly instances: number;
    readonly bandwidth?: { readonly read?: number; readonly write?: number; readonly shared?: number };
    readonly energy_pJ: { readonly read: number; readonly fill: number; readonly update: number };
  }[];
  readonly spatial: {
    readonly level: string;
    readonly array: string;
    readonly size: number;
    readonly dims: readonly Dim[];
  };
  readonly mac: { readonly instances: number; readonly energy_pJ: number };
  readonly bits: {
    readonly activation: number;
    readonly weight: number;
    readonly partial: Readonly<Record<string, number>>;
  };
}

interface RecordedOperator {
  readonly name: string;
  readonly kind: string;
  readonly dims: Partial<Record<Dim, number>>;
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly pad: readonly [number, number];
  readonly input: string;
}

/** A step of a schedule with what it was found to count. */
interface RecordedStep {
  readonly operator: string;
  readonly output_box: Readonly<Record<Axis, Range>>;
  readonly homes: Readonly<Record<'Weights' | 'Inputs' | 'Outputs', 'D' | 'R'>>;
  readonly fetch: Readonly<Record<string, readonly Range[]>>;
  readonly drain: Readonly<Record<string, readonly Range[]>>;
  readonly room_bits: number | null;
  readonly tile_bits: number;
  readonly mapping: readonly {
    readonly temporal: readonly (readonly [Dim, number])[];
    readonly spatial: readonly (readonly [Dim, number, string])[];
  }[];
  readonly counts: Readonly<Record<string, readonly [number, number, number]>>;
  readonly energy_pJ: number;
  readonly cycles: number;
}

/** A step with all that it depends on. */
export interface RecordedCase {
  readonly id: string;
  readonly arch: RecordedArch;
  readonly operator: RecordedOperator;
  /** Rows and columns of the whole input. */
  readonly inputSize: readonly [number, number];
  readonly step: RecordedStep;
}

/** A file of recorded schedules, as far as their steps are concerned. */
export interface RecordedSchedule {
  readonly id: string;
  readonly arch: RecordedArch;
  readonly graph: {
    readonly tensors: readonly { readonly name: string; readonly shape: readonly [number, number, number, number] }[];
    readonly operators: readonly RecordedOperator[];
  };
  readonly results: {
    readonly edp?: {
      readonly schedule: {
        readonly segments: readonly { readonly loops?: readonly unknown[]; readonly steps: readonly RecordedStep[] }[];
      };
    };
  };
}

/** All steps of a recorded schedule that are layers, in segments of one operator or of several. */
export function recordedSteps({ id, arch, graph, results }: RecordedSchedule): RecordedCase[] {
  const steps = results.edp?.schedule.segments.flatMap((segment) => segment.steps) ?? [];
  return steps.flatMap((step): RecordedCase[] => {
    const operator = graph.operators.find(({ name }) => name === step.operator)!;
    if (operator.kind !== 'mac') return [];
    const [, , rows, columns] = graph.tensors.find(({ name }) => name === operator.input)!.shape;
    return [{ id, arch, operator, inputSize: [rows, columns], step }];
  });
}

/** The step as a layer of its own on its accelerator. */
export function residentStep({ arch, operator, inputSize, step }: RecordedCase): ResidentCase {
  const { activation, weight, partial } = arch.bits;
  const { dims, stride, dilation, pad } = operator;
  const lengthOf = (axis: Axis) => step.output_box[axis][1] - step.output_box[axis][0];
  const channels = dims.K ?? 1;
  const groups = ceilDiv(lengthOf('c'), channels);
  const filter = [dims.R ?? 1, dims.S ?? 1] as const;
  const stored = (['p', 'q'] as const).map((axis, i) => {
    const [from, to] = step.output_box[axis];
    const first = from * stride[i]! - pad[i]!;
    const last = (to - 1) * stride[i]! - pad[i]! + dilation[i]! * (filter[i]! - 1);
    return { padding: Math.max(0, -first), size: Math.min(last + 1, inputSize[i]!) - Math.max(0, first) };
  });
  const problem = makeProblem({
    name: operator.name,
    bounds: {
      N: lengthOf('n'),
      G: groups,
      K: lengthOf('c') / groups,
      C: dims.C ?? 1,
      P: lengthOf('p'),
      Q: lengthOf('q'),
      R: filter[0],
      S: filter[1],
    },
    stride,
    dilation,
    paddingBefore: [stored[0]!.padding, stored[1]!.padding],
    inputSize: [stored[0]!.size, stored[1]!.size],
  });
  const moved = (boxes: RecordedStep['fetch']): ReadWords[] =>
    Object.entries(boxes).map(([name, box]) => ({
      words: product(box.map(([from, to]) => to - from)),
      wordBits: name === operator.name ? weight : activation,
    }));
  const isRetained = perTensor((tensor) => step.homes[tensor] === 'R');
  return {
    layer: {
      problem,
      wordBits: { Weights: weight, Inputs: activation, Outputs: activation },
      residency: {
        level: 1,
        weights: isRetained.Weights,
        inputs: isRetained.Inputs,
        outputs: !isRetained.Outputs ? 'outermost' : step.counts['1.Outputs'] === undefined ? 'in-place' : 'staged',
        activationBits: activation,
        roomBits: step.room_bits,
        moves: { fetched: moved(step.fetch), drained: moved(step.drain) },
      },
    },
    accelerator: recordedAccelerator(arch, partial),
    mapping: {
      levels: step.mapping.map(
        ({ temporal, spatial }): LevelMapping => ({
          temporal: temporal.map(([dim, bound]) => ({ dim, bound })),
          spatial: spatial.map(([dim, bound, array]) => ({ dim, bound, array })),
          keep: TENSORS,
          noMulticast: [],
        }),
      ),
    },
  };
}

function recordedAccelerator(arch: RecordedArch, partial: Readonly<Record<string, number>>): Accelerator {
  const levels = arch.levels.map((level, index): StorageLevel => {
    const { read, write, shared } = level.bandwidth ?? {};
    const { array, size, dims } = arch.spatial;
    return {
      name: level.name,
      isDram: index === 0,
      capacity: { kind: 'unlimited' },
      doubleBuffered: false,
      wordBits: level.word_bits,
      storedBits: { Outputs: partial[level.name]! },
      blockWords: 1,
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
        dimensions: level.name === arch.spatial.level ? [{ name: array, size, parallelDims: dims }] : [],
        multicast: perTensor(() => true),
        hopEnergyPj: 0,
      },
    };
  });
  const mac = { instances: arch.mac.instances, wordBits: 8, energyPj: arch.mac.energy_pJ, areaMm2: 0 };
  // The recorded tiles are boxes.
  return { name: 'recorded', levels, mac, tiles: 'box', clockHz: 1e9, technology: 'explicit', source: 'recorded' };
}

/** The counts of an evaluation as they are recorded: those that are not zero, by level and tensor. */
export function recordedCounts({ levels }: Evaluation): RecordedStep['counts'] {
  return Object.fromEntries(
    levels.flatMap(({ tensors, home }, index) => {
      const all = [...TENSORS.map((tensor) => [tensor, tensors[tensor]] as const), ['Outputs@home', home] as const];
      return all.flatMap(([name, counts]) =>
        counts === undefined || counts.reads + counts.fills + counts.updates === 0
          ? []
          : [[`${index}.${name}`, [counts.reads, counts.fills, counts.updates]] as const],
      );
    }),
  );
}
