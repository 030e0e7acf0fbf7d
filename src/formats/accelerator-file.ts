import { z } from 'zod';
import { idleProblems } from '../accelerator/idle-problems.ts';
import {
  type AcceleratorSpecification,
  type LevelSpecification,
  MAX_ARRAY_DIMENSIONS,
  MAX_LEVELS,
  type Rate,
  specificationProblems,
  type VectorUnitSpecification,
} from '../accelerator/specification.ts';
import type { SpecificationProblem } from '../accelerator/specification-problem.ts';
import { DIMS, type PerTensor, perTensor, TENSORS } from '../util/vocabulary.ts';
import { linkSchema, overheadKeys, toArrayOverheads, toLevelOverheads, toLink } from './accelerator-overheads.ts';
import { atPlace, type Document, errorAt, type KeyPath, parseDocument, readWith } from './document/document.ts';
import { listOfDifferent } from './document/list-of-different.ts';
import { nameSchema } from './name-schema.ts';
import { type StatedRate, statedRate } from './quantity/bandwidth.ts';
import { bits, hertz, milliwatts, picojoules, squareMillimetres } from './quantity/quantity-schema.ts';

const width = () => z.int().min(1).describe('A width in bits.');
const tensors = () => listOfDifferent(z.enum(TENSORS));
const perTensorMap = <T extends z.ZodType>(schema: T) =>
  z.strictObject({ Weights: schema, Inputs: schema, Outputs: schema });

const storedBits = z
  .strictObject({ Weights: width().optional(), Inputs: width().optional(), Outputs: width().optional() })
  .describe("Stored width of a tensor's word in bits; absent = the layer's own width.");

const arrayDimension = z.strictObject({
  name: z.enum(['X', 'Y', 'Z']),
  size: z.int().min(1).describe('Children along this array dimension.'),
  parallel: z
    .union([z.literal('any'), z.array(z.enum(DIMS))])
    .describe('Problem dims that may run in parallel on it, or "any".'),
});

const level = z
  .strictObject({
    name: nameSchema,
    role: z.enum(['dram', 'buffer', 'register-file']),
    capacity: z
      .union([bits(), perTensorMap(bits().default(0))])
      .optional()
      .describe('Per instance, shared by all tensors or a part per tensor. Absent = unlimited (DRAM only).'),
    wordBits: width().optional().describe('Bits of one addressed word; absent = wordBits of the file.'),
    storedBits: storedBits.default({}),
    blockWords: z.int().min(1).default(1).describe('Words per physical access.'),
    doubleBuffered: z.boolean().default(false).describe('Every tile is held twice.'),
    bandwidth: z
      .strictObject({ read: statedRate().optional(), write: statedRate().optional(), shared: statedRate().optional() })
      .default({})
      .describe('Of one instance; absent = unlimited. shared: reads and writes together.'),
    mayKeep: tensors().default([...TENSORS]),
    mustKeep: tensors().default([]),
    dram: z
      .string()
      .min(1)
      .optional()
      .describe('Kind of DRAM that the technology lists, e.g. ddr3; absent = its default.'),
    energy: z
      .strictObject({ read: picojoules(), fill: picojoules(), update: picojoules() })
      .optional()
      .describe('Per physical access; absent = by the technology.'),
    area: squareMillimetres().optional().describe('Of one instance; absent = by the technology.'),
    leakage: milliwatts().optional().describe('Of one instance; absent = by the technology.'),
    instances: z.int().min(1).optional().describe('A check: must equal the product of the arrays above.'),
    array: z.array(arrayDimension).max(MAX_ARRAY_DIMENSIONS).default([]).describe('Children of one instance.'),
    multicast: z
      .union([z.boolean(), perTensorMap(z.boolean().default(true))])
      .default(true)
      .describe('Whether equal tiles reach several children by one access (Outputs: are summed on the way up).'),
    hopEnergy: picojoules()
      .optional()
      .describe(
        'Per word and hop in the network below; without wires between children that share words, whatever their distance. Absent = by the technology.',
      ),
    wires: z
      .enum(['line', 'tree', 'free'])
      .optional()
      .describe(
        'How the links to the children run: along the axes, as an H-tree, or at no cost. Absent = line where the technology knows wires and no hopEnergy is stated.',
      ),
    ...overheadKeys,
  })
  .refine(({ requests, layout }) => layout === undefined || requests !== undefined, {
    error: 'a layout has no effect without requests',
    path: ['layout'],
  });

/** Schema of an accelerator file. */
export const acceleratorSchema = z.strictObject({
  name: nameSchema,
  source: z.string().min(1).describe('Where the figures come from, and what is assumed.'),
  technology: z.string().min(1).describe('Technology table that it is built with when no other is chosen.'),
  clock: hertz(),
  countLeakage: z
    .boolean()
    .default(true)
    .describe('Whether leakage of the memories is charged, where the level or the technology states it.'),
  wordBits: width().optional().describe('Default word width of all levels and MACs.'),
  storedBits: storedBits.default({}),
  levels: z.array(level).min(1).max(MAX_LEVELS).describe('Storage levels, outermost (DRAM) first.'),
  mac: z
    .strictObject({
      weightBits: width().optional().describe('Absent = wordBits of the file.'),
      inputBits: width().optional().describe('Absent = wordBits of the file.'),
      accumulatorBits: width().default(32),
      energy: picojoules().optional(),
      area: squareMillimetres().optional(),
      instances: z.int().min(1).optional().describe('A check: must equal the product of all arrays.'),
    })
    .prefault({}),
  vectorUnit: z
    .strictObject({
      level: nameSchema.describe('Level that it reads and writes.'),
      simplePerCycle: z.number().gt(0).describe('Adds, multiplies and comparisons per cycle.'),
      specialPerCycle: z.number().gt(0).describe('Exponentials, reciprocals and roots per cycle.'),
      energy: z.strictObject({ simple: picojoules(), special: picojoules() }).describe('Per operation.'),
    })
    .optional()
    .describe('Unit for operators without multiply-accumulates; absent: they are not priced.'),
  tiles: z
    .literal('box')
    .optional()
    .describe(
      'Tiles of Inputs move and take room with the words between those that are used; absent = with those alone.',
    ),
  link: linkSchema.optional(),
});

type AcceleratorData = z.output<typeof acceleratorSchema>;
type LevelData = AcceleratorData['levels'][number];

/**
 * Reads an accelerator file. Constants stay unresolved: `buildAccelerator` takes a technology.
 * @param findTechnology the name or path under which the technology that the file names is found; its TrifoldErrors get the place of that name
 * @throws TrifoldError with the place, for a wrong schema and for everything that `specificationProblems` and `idleProblems` find.
 */
export function parseAccelerator(
  text: string,
  file: string,
  findTechnology: (name: string) => string = (name) => name,
): AcceleratorSpecification {
  const document = parseDocument(text, file);
  const data = readWith(acceleratorSchema, document);
  const technology = atPlace(document, ['technology'], () => findTechnology(data.technology));
  const wordBits = (stated: number | undefined, path: KeyPath): number => {
    const value = stated ?? data.wordBits;
    if (value !== undefined) return value;
    throw errorAt(document, path, 'schema', 'wordBits is missing', 'state it here or once at the top of the file');
  };
  const specification: AcceleratorSpecification = {
    name: data.name,
    source: data.source,
    technology,
    clockHz: data.clock,
    countLeakage: data.countLeakage,
    levels: data.levels.map((one, index) => toLevel(one, wordBits(one.wordBits, ['levels', index]), data.storedBits)),
    mac: {
      weightBits: wordBits(data.mac.weightBits, ['mac']),
      inputBits: wordBits(data.mac.inputBits, ['mac']),
      accumulatorBits: data.mac.accumulatorBits,
      ...(data.mac.energy === undefined ? {} : { energyPj: data.mac.energy }),
      ...(data.mac.area === undefined ? {} : { areaMm2: data.mac.area }),
    },
    ...(data.vectorUnit === undefined ? {} : { vectorUnit: toVectorUnit(data.vectorUnit) }),
    ...(data.tiles === undefined ? {} : { tiles: data.tiles }),
    ...(data.link === undefined ? {} : { link: toLink(data.link) }),
  };
  const [problem] = [...specificationProblems(specification), ...idleProblems(specification.levels)];
  if (problem !== undefined) throw problemError(problem, document);
  checkInstances(data, document);
  return specification;
}

function toLevel(data: LevelData, wordBits: number, stored: AcceleratorData['storedBits']): LevelSpecification {
  const { capacity, multicast, bandwidth } = data;
  const own = { ...definedOnly(stored), ...definedOnly(data.storedBits) };
  const rate = ({ unit, value }: StatedRate): Rate =>
    unit === 'bit/cycle' ? { unit: 'words/cycle', value: value / wordBits } : { unit, value };
  return {
    name: data.name,
    role: data.role,
    capacity:
      capacity === undefined
        ? { kind: 'unlimited' }
        : typeof capacity === 'number'
          ? { kind: 'shared', bits: capacity }
          : { kind: 'partitioned', bits: capacity },
    wordBits,
    storedBits: own,
    blockWords: data.blockWords,
    doubleBuffered: data.doubleBuffered,
    bandwidth: {
      ...(bandwidth.read === undefined ? {} : { read: rate(bandwidth.read) }),
      ...(bandwidth.write === undefined ? {} : { write: rate(bandwidth.write) }),
      ...(bandwidth.shared === undefined ? {} : { shared: rate(bandwidth.shared) }),
    },
    mayKeep: data.mayKeep,
    mustKeep: data.mustKeep,
    ...(data.dram === undefined ? {} : { dramKind: data.dram }),
    ...(data.energy === undefined
      ? {}
      : { energy: { readPj: data.energy.read, fillPj: data.energy.fill, updatePj: data.energy.update } }),
    ...(data.area === undefined ? {} : { areaMm2: data.area }),
    ...(data.leakage === undefined ? {} : { leakageMw: data.leakage }),
    ...toLevelOverheads(data),
    fanOut: {
      dimensions: data.array.map(({ name, size, parallel }) => ({ name, size, parallelDims: parallel })),
      multicast: typeof multicast === 'boolean' ? perTensor(() => multicast) : multicast,
      ...(data.hopEnergy === undefined ? {} : { hopEnergyPj: data.hopEnergy }),
      ...(data.wires === undefined ? {} : { wires: data.wires }),
      ...toArrayOverheads(data),
    },
  };
}

function toVectorUnit({ energy, ...unit }: NonNullable<AcceleratorData['vectorUnit']>): VectorUnitSpecification {
  return { ...unit, simplePj: energy.simple, specialPj: energy.special };
}

function definedOnly(widths: AcceleratorData['storedBits']): Partial<PerTensor<number>> {
  return Object.fromEntries(Object.entries(widths).filter(([, value]) => value !== undefined));
}

/** Stated numbers of instances must follow from the arrays above. */
function checkInstances(data: AcceleratorData, document: Document): void {
  let expected = 1;
  const check = (stated: number | undefined, path: KeyPath, what: string) => {
    if (stated !== undefined && stated !== expected)
      throw errorAt(
        document,
        [...path, 'instances'],
        'value',
        `${what}: ${stated} instances do not match the fan-out: the arrays above give ${expected}`,
        'leave instances out, or correct the array sizes',
      );
  };
  for (const [index, one] of data.levels.entries()) {
    check(one.instances, ['levels', index], one.name);
    for (const dimension of one.array) expected *= dimension.size;
  }
  check(data.mac.instances, ['mac'], 'mac');
}

/** Keys of a file where they differ from those of a specification; null: the file has no such step. */
const FILE_KEYS: Readonly<Record<string, string | null>> = {
  clockHz: 'clock',
  fanOut: null,
  dimensions: 'array',
  parallelDims: 'parallel',
  hopEnergyPj: 'hopEnergy',
  energyPj: 'energy',
  simplePj: 'energy',
  specialPj: 'energy',
  areaMm2: 'area',
  leakageMw: 'leakage',
  dramKind: 'dram',
  rampCycles: 'ramp',
  bytesPerSecond: 'bandwidth',
  residentBits: 'resident',
  pjPerBit: 'energy',
};

function problemError(problem: SpecificationProblem, document: Document) {
  const path = problem.path.flatMap((key) => {
    const fileKey = Object.hasOwn(FILE_KEYS, key) ? FILE_KEYS[key] : key;
    return fileKey === null || fileKey === undefined ? [] : [fileKey];
  });
  return errorAt(document, path, 'value', problem.message);
}
