import { z } from 'zod';
import { type AcceleratorSpecification, specificationProblems } from '../../accelerator/specification.ts';
import { macCount, makeProblem, type Problem } from '../../workload/problem.ts';
import { graphSchema } from './graph.ts';
import {
  arrayDimension,
  count,
  design,
  dims,
  figure,
  figuresOfNetworks,
  foundNetwork,
  name,
  number,
  perTensor,
  positive,
  size,
  tensors,
  text,
  trial,
} from './parts.ts';

const rate = z.object({ unit: z.enum(['words/cycle', 'B/s']), value: positive });

const capacity = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('unlimited') }),
  z.object({ kind: z.literal('shared'), bits: number }),
  z.object({ kind: z.literal('partitioned'), bits: perTensor(number) }),
]);

const layout = perTensor(dims).partial();

const overheads = {
  launch: z.object({ cycles: count, matrixCycles: count }).optional(),
  refetch: tensors.optional(),
  spill: z.literal('never').optional(),
  requests: z.object({ bytes: size, cycles: size, layout }).optional(),
  drain: z.literal('charged').optional(),
  compression: z.object({ runBits: size, wordBits: size, pairsPerBlock: size, blockBits: size }).optional(),
  overlap: z.literal('none').optional(),
};

const level = z.object({
  name,
  role: z.enum(['dram', 'buffer', 'register-file']),
  capacity,
  wordBits: size,
  storedBits: perTensor(size).partial(),
  blockWords: size,
  doubleBuffered: z.boolean(),
  bandwidth: z.object({ read: rate.optional(), write: rate.optional(), shared: rate.optional() }),
  mayKeep: tensors,
  mustKeep: tensors,
  dramKind: text.optional(),
  energy: z.object({ readPj: figure, fillPj: figure, updatePj: figure }).optional(),
  areaMm2: figure.optional(),
  leakageMw: figure.optional(),
  ...overheads,
  fanOut: z.object({
    dimensions: z.array(arrayDimension),
    multicast: perTensor(z.boolean()),
    hopEnergyPj: figure.optional(),
    wires: z.enum(['line', 'tree', 'free']).optional(),
    fill: z.object({ cyclesPerLoad: count, leastRows: size }).optional(),
    rampCycles: count.optional(),
  }),
});

/** An accelerator that can be built. */
export const specification = z
  .object({
    name,
    source: text,
    technology: text,
    clockHz: positive,
    countLeakage: z.boolean(),
    levels: z.array(level).min(1),
    mac: z.object({
      weightBits: size,
      inputBits: size,
      accumulatorBits: size,
      energyPj: figure.optional(),
      areaMm2: figure.optional(),
    }),
    vectorUnit: z
      .object({
        level: text,
        simplePerCycle: positive,
        specialPerCycle: positive,
        simplePj: figure,
        specialPj: figure,
      })
      .optional(),
    tiles: z.literal('box').optional(),
    link: z.object({ bytesPerSecond: positive, residentBits: count, pjPerBit: figure }).optional(),
  })
  .superRefine((value, context) => {
    // The optional keys are absent where a file does not state them: JSON knows no undefined.
    const [problem] = specificationProblems(value as AcceleratorSpecification);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem.message, path: [...problem.path] });
  });

/** A scored design. */
export const scoredDesign = z.object({
  trial,
  score: figure,
  design,
  specification,
  networks: figuresOfNetworks,
  areaMm2: figure,
  network: foundNetwork.optional(),
});

const curve = z.object({
  logBits: number,
  logReadPj: z.array(number),
  logWritePj: z.array(number),
  logLeakageMw: z.array(number),
  logAreaMm2: z.array(number),
});

const sramTable = z
  .object({
    logBytes: z.array(number).min(1),
    curves: z.array(curve).min(1),
    narrowExponent: z.object({ logReadPj: number, logWritePj: number }),
  })
  .refine(
    ({ logBytes, curves }) =>
      curves.every(({ logBits: _, ...columns }) =>
        Object.values(columns).every((column) => column.length === logBytes.length),
      ),
    { error: 'a column of the table has another length than its sizes' },
  );

const points = z.tuple([z.object({ bits: size, energyPj: positive }), z.object({ bits: size, energyPj: positive })]);

/** A technology table. */
export const technology = z.object({
  name,
  source: text,
  nodeNm: positive.nullable(),
  memory: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('sram-table'), table: sramTable }),
    z.object({
      kind: z.literal('by-role'),
      wordBits: size,
      energyPj: z.object({ 'register-file': figure, buffer: figure }),
      areaMm2PerBit: figure,
    }),
  ]),
  mac: z.object({
    energy: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('multiplier-adder'), multiply: points, add: points, nodeNm: positive }),
      z.object({ kind: z.literal('fixed'), bits: size, energyPj: figure }),
    ]),
    area: z.object({ bits: size, areaMm2: figure, nodeNm: positive.nullable() }).nullable(),
  }),
  dram: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('fixed'), pjPerBit: figure }),
    z
      .object({ kind: z.literal('selectable'), defaultKind: text, pjPerBit: z.record(text, figure) })
      .refine(({ defaultKind, pjPerBit }) => Object.hasOwn(pjPerBit, defaultKind), {
        error: 'the default kind of DRAM is none of those listed',
      }),
  ]),
  hopPjPerBit: figure,
  wire: z.object({ pjPerBitMm: figure, pitchMm: figure, multiplexerMm2: figure }).optional(),
});

const range = z.object({ least: figure, most: figure }).partial();

/** Limits of an accelerator. */
export const budget = z.object({
  name,
  source: text,
  baseline: z.object({ accelerator: text, dataflow: text.optional() }).optional(),
  processingElements: size,
  onChipBits: positive,
  dramBytesPerSecond: positive.optional(),
  bufferBytesPerCycle: positive.optional(),
  areaMm2: positive.optional(),
  powerMw: positive.optional(),
  bounds: z
    .object({ capacityBits: z.record(text, range).optional(), axisSizes: z.record(text, range).optional() })
    .optional(),
});

const bound = z.union([size, z.literal('full')]);
const bounds = z.object({ N: bound, G: bound, K: bound, C: bound, P: bound, Q: bound, R: bound, S: bound }).partial();

/** A dataflow, or constraints. */
export const dataflow = z.object({
  name,
  source: text,
  levels: z.array(
    z.object({
      level: text,
      temporal: bounds.optional(),
      spatial: z.record(text, bounds).optional(),
      parallelOnly: dims.optional(),
      order: dims.optional(),
      keep: tensors.optional(),
    }),
  ),
});

const pair = (schema: typeof count | typeof size) => z.tuple([schema, schema]);

const problem = z
  .object({
    name,
    bounds: z.object({ N: size, G: size, K: size, C: size, P: size, Q: size, R: size, S: size }),
    stride: pair(size),
    dilation: pair(size),
    inputSize: pair(size),
    paddingBefore: pair(count),
    tensors: perTensor(z.object({ name, axes: z.array(z.unknown()) })),
  })
  .superRefine((value, context) => {
    const message = problemFault(value as Problem);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });

/** Why sizes make no problem; null when they do, and its axes follow from them. */
function problemFault(value: Problem): string | null {
  try {
    const { name, bounds: sizes, stride, dilation, inputSize, paddingBefore } = value;
    const made = makeProblem({ name, bounds: sizes, stride, dilation, inputSize, paddingBefore });
    if (JSON.stringify(made.tensors) !== JSON.stringify(value.tensors)) return 'the axes do not follow from the sizes';
    const macs = macCount(made);
    return macs > Number.MAX_SAFE_INTEGER ? `${macs.toPrecision(4)} multiply-accumulates cannot be counted` : null;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

const share = z.number().min(0).max(1);
const zeroShares = z.object({ Inputs: share.optional(), Outputs: share.optional() }).optional();

const layer = z.object({
  name,
  kind: text,
  problem,
  wordBits: perTensor(size),
  zeros: zeroShares,
  repeat: size,
  parameters: figure,
});

/** A network whose layers can be mapped. */
export const network = z.object({
  name,
  source: text,
  layers: z.array(layer).min(1),
  graph: graphSchema(layer).optional(),
  others: z.array(name).optional(),
});
