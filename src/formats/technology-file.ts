import { z } from 'zod';
import { fitSramTable, type SramRow } from '../accelerator/sram-table.ts';
import type { MacModel, MemoryModel, Technology, WireTechnology } from '../accelerator/technology.ts';
import { type Document, errorAt, parseDocument, readWith } from './document/document.ts';
import { nameSchema } from './name-schema.ts';
import { nanometres, picojoules, picojoulesPerBit, squareMillimetres } from './quantity/quantity-schema.ts';

/** A process node in nm: one of a chip, so that a slip of the unit is found. */
const processNode = () =>
  nanometres().refine((nm) => nm >= 1 && nm <= 10_000, {
    error: "must lie between 1 nm and 10 um\nwrite for example '45 nm'",
    params: { code: 'value' },
  });

const source = () =>
  z.string().min(1).describe('Where the figures of this section come from: paper, table, assumption.');
const width = () => z.int().min(1).describe('A width in bits.');
const positive = () => z.number().positive();

const row = z.tuple([width(), z.int().min(1), positive(), positive(), positive(), positive()]).transform(
  ([bits, bytes, readPj, writePj, leakageMw, areaMm2]): SramRow => ({
    bits,
    bytes,
    readPj,
    writePj,
    leakageMw,
    areaMm2,
  }),
);

const sramTable = z.strictObject({
  kind: z.literal('sram-table'),
  source: source(),
  columns: z
    .tuple([
      z.literal('bits'),
      z.literal('bytes'),
      z.literal('read pJ'),
      z.literal('write pJ'),
      z.literal('leakage mW'),
      z.literal('area mm^2'),
    ])
    .describe('Names the columns of the rows, in this order.'),
  rows: z.array(row).min(1).describe('Measured memories: one row per width of an access and capacity.'),
});

const byRole = z.strictObject({
  kind: z.literal('by-role'),
  source: source(),
  wordBits: width().describe('Bits of the access that the energies are for.'),
  registerFile: picojoules(),
  buffer: picojoules(),
  areaPerBit: squareMillimetres().default(0).describe('Area of one bit; absent = not stated.'),
});

const point = z.strictObject({ bits: width(), energy: picojoules() });
const twoPoints = z.tuple([point, point]);

const macEnergy = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('multiplier-adder'),
    source: source(),
    node: processNode().describe('Process node of the points.'),
    multiply: twoPoints.describe('Multiplier energies at two widths.'),
    add: twoPoints.describe('Adder energies at two widths.'),
  }),
  z.strictObject({ kind: z.literal('fixed'), source: source(), bits: width(), energy: picojoules() }),
]);

const dram = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('fixed'), source: source(), energy: picojoulesPerBit() }),
  z.strictObject({
    kind: z.literal('selectable'),
    default: z.string().min(1).describe('The kind that an accelerator gets when it names none.'),
    kinds: z.record(z.string().min(1), z.strictObject({ energy: picojoulesPerBit(), source: source() })),
  }),
]);

/** Schema of a technology file. Every section with numbers has a `source`. */
export const technologySchema = z.strictObject({
  name: nameSchema,
  source: source(),
  node: processNode().optional().describe('Process node; absent where the figures belong to none.'),
  memory: z.discriminatedUnion('kind', [sramTable, byRole]),
  mac: z.strictObject({
    energy: macEnergy,
    area: z
      .strictObject({ source: source(), bits: width(), area: squareMillimetres(), node: processNode().optional() })
      .optional(),
  }),
  dram,
  hop: z
    .strictObject({ source: source(), energy: picojoulesPerBit() })
    .optional()
    .describe('Moving one bit to a neighbour PE, whatever the distance; absent = by wire, or free.'),
  wire: z
    .strictObject({
      source: source(),
      energyPerMm: picojoulesPerBit().describe('Moving one bit by one mm, repeaters included.'),
      pitch: nanometres().describe('From wire to wire.'),
      multiplexer: squareMillimetres().describe('Area of a 2:1 multiplexer of one bit.'),
    })
    .optional()
    .describe('Wires between the children of a level; absent = hops have no length.'),
});

type TechnologyData = z.output<typeof technologySchema>;

/**
 * Reads a technology file; SRAM tables are made monotone (see `fitSramTable`).
 * @throws TrifoldError with the place, for a wrong schema, a repeated row, equal points of a power law or an unlisted default kind of DRAM.
 */
export function parseTechnology(text: string, file: string): Technology {
  const document = parseDocument(text, file);
  const data = readWith(technologySchema, document);
  return {
    name: data.name,
    source: data.source,
    nodeNm: data.node ?? null,
    memory: toMemory(data.memory, document),
    mac: toMac(data.mac, document),
    dram: toDram(data.dram, document),
    hopPjPerBit: data.hop?.energy ?? 0,
    ...(data.wire === undefined ? {} : { wire: toWire(data.wire) }),
  };
}

function toWire({ energyPerMm, pitch, multiplexer }: NonNullable<TechnologyData['wire']>): WireTechnology {
  return { pjPerBitMm: energyPerMm, pitchMm: pitch * 1e-6, multiplexerMm2: multiplexer };
}

function toMemory(memory: TechnologyData['memory'], document: Document): MemoryModel {
  if (memory.kind === 'by-role')
    return {
      kind: 'by-role',
      wordBits: memory.wordBits,
      energyPj: { 'register-file': memory.registerFile, buffer: memory.buffer },
      areaMm2PerBit: memory.areaPerBit,
    };
  const seen = new Set<string>();
  for (const [index, { bits, bytes }] of memory.rows.entries()) {
    const key = `${bits} bits, ${bytes} bytes`;
    if (seen.has(key)) throw errorAt(document, ['memory', 'rows', index], 'value', `a second row for ${key}`);
    seen.add(key);
  }
  return { kind: 'sram-table', table: fitSramTable(memory.rows) };
}

function toMac(mac: TechnologyData['mac'], document: Document): MacModel {
  const area =
    mac.area === undefined ? null : { bits: mac.area.bits, areaMm2: mac.area.area, nodeNm: mac.area.node ?? null };
  if (mac.energy.kind === 'fixed')
    return { energy: { kind: 'fixed', bits: mac.energy.bits, energyPj: mac.energy.energy }, area };
  for (const unit of ['multiply', 'add'] as const) {
    const [a, b] = mac.energy[unit];
    if (a.bits >= b.bits || a.energy <= 0 || a.energy > b.energy)
      throw errorAt(
        document,
        ['mac', 'energy', unit],
        'value',
        'the second point must be wider and cost no less, and no energy may be 0',
        'give two widths in ascending order',
      );
  }
  const points = ([a, b]: z.output<typeof twoPoints>) =>
    [
      { bits: a.bits, energyPj: a.energy },
      { bits: b.bits, energyPj: b.energy },
    ] as const;
  const { multiply, add, node } = mac.energy;
  return {
    energy: { kind: 'multiplier-adder', multiply: points(multiply), add: points(add), nodeNm: node },
    area,
  };
}

function toDram(data: TechnologyData['dram'], document: Document): Technology['dram'] {
  if (data.kind === 'fixed') return { kind: 'fixed', pjPerBit: data.energy };
  if (!Object.hasOwn(data.kinds, data.default))
    throw errorAt(
      document,
      ['dram', 'default'],
      'value',
      `'${data.default}' is not one of the listed kinds`,
      `known are ${Object.keys(data.kinds).join(', ')}`,
    );
  const pjPerBit = Object.fromEntries(Object.entries(data.kinds).map(([kind, { energy }]) => [kind, energy]));
  return { kind: 'selectable', defaultKind: data.default, pjPerBit };
}
