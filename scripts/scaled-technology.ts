import { fitSramTable, type SramRow, sramAccess, sramAreaMm2 } from '../src/accelerator/sram-table.ts';
import { DRAM_SECTION } from './dram-kinds.ts';
import { relativeArea, relativeEnergy } from './scaling-equations.ts';
import { CACTI_VOLTS, type CactiNode, MULTIPLEXER_NM, wireSection } from './wire-section.ts';

interface Target {
  readonly nm: number;
  /** Nominal supply. */
  readonly volts: number;
  /** Energy of an operation relative to the 22 nm of the memories, and to the 45 nm, 0.9 V of the arithmetic. */
  readonly memoryEnergy: number;
  readonly macEnergy: number;
  readonly logicArea: number;
  /** Area of a published six-transistor cell of high density. */
  readonly cellUm2: number;
  readonly how: string;
}

const BASE: CactiNode = 22;
const MAC_NODE_NM = 28;
/** Six-transistor cell of CACTI: 146 F^2 at every node. */
const CACTI_CELL_UM2 = 146 * (BASE / 1000) ** 2;
/** 12FFC against 16FFC, and N5 against N7, as TSMC states them. */
const TSMC_12 = { energy: 0.75, area: 0.8 };
const TSMC_5 = { energy: 0.7, area: 1 / 1.84 };

function byEquations(nm: number, volts: number, cellUm2: number, how: string): Target {
  const energy = relativeEnergy(nm, volts);
  return {
    nm,
    volts,
    memoryEnergy: energy / relativeEnergy(BASE, CACTI_VOLTS[BASE]),
    macEnergy: energy / relativeEnergy(45, 0.9),
    logicArea: relativeArea(nm) / relativeArea(MAC_NODE_NM),
    cellUm2,
    how,
  };
}

function byFoundry(from: Target, nm: number, cellUm2: number, ratio: typeof TSMC_12, how: string): Target {
  return {
    ...from,
    nm,
    memoryEnergy: from.memoryEnergy * ratio.energy,
    macEnergy: from.macEnergy * ratio.energy,
    logicArea: from.logicArea * ratio.area,
    cellUm2,
    how,
  };
}

const NM16 = byEquations(
  16,
  0.85,
  0.07,
  'energy by the equations at 0.85 V; cell of 0.07 um^2 (Chen et al., JSSC 2015)',
);
const NM7 = byEquations(
  7,
  0.7,
  0.027,
  'energy by the equations at 0.7 V; cell of 0.027 um^2 (Chang et al., ISSCC 2017)',
);

/** The nodes that technology files are scaled to. */
export const TARGETS: readonly Target[] = [
  NM16,
  byFoundry(
    NM16,
    12,
    0.07,
    TSMC_12,
    'the 16 nm of the equations with what TSMC states for 12FFC against 16FFC: 25 % less power at the same speed, 20 % less logic area; the cell of 16 nm (assumed)',
  ),
  NM7,
  byFoundry(
    NM7,
    5,
    0.021,
    TSMC_5,
    'beyond the equations: their 7 nm with what TSMC states for N5 against N7: 30 % less power at the same speed, 1.84 times the logic density; cell of 0.021 um^2 (Yeap et al., IEDM 2019)',
  ),
];

/** A row of 22 nm at another node: energy by the equations, area by the cell, leakage by width (the node) and supply. */
function scaledRow(row: SramRow, { memoryEnergy, cellUm2, nm, volts }: Target): SramRow {
  const round = (value: number) => Number(value.toPrecision(5));
  return {
    bits: row.bits,
    bytes: row.bytes,
    readPj: round(row.readPj * memoryEnergy),
    writePj: round(row.writePj * memoryEnergy),
    leakageMw: round((row.leakageMw * nm * volts) / (BASE * CACTI_VOLTS[BASE])),
    areaMm2: round((row.areaMm2 * cellUm2) / CACTI_CELL_UM2),
  };
}

/** Median and extremes of a list, as percent above (below) what was predicted. */
function spread(ratios: readonly number[]): string {
  const sorted = [...ratios].sort((a, b) => a - b);
  const percent = (share: number) => {
    const value = Math.round((sorted[Math.floor(share * (sorted.length - 1))]! - 1) * 100);
    return `${value > 0 ? '+' : ''}${value}`;
  };
  return `${percent(0.5)} % (${percent(0.1)} to ${percent(0.9)})`;
}

type Rows = ReadonlyMap<CactiNode, readonly SramRow[]>;

/** Predicted over measured for one pair of nodes, row by row. */
function misses(rows: Rows, from: CactiNode, to: CactiNode, column: 'readPj' | 'leakageMw', factor: number): number[] {
  const measured = new Map(rows.get(to)!.map((row) => [`${row.bits} ${row.bytes}`, row[column]]));
  return rows.get(from)!.map((row) => (row[column] * factor) / measured.get(`${row.bits} ${row.bytes}`)!);
}

const PAIRS: readonly (readonly [CactiNode, CactiNode])[] = [
  [90, 65],
  [65, 45],
  [45, 32],
  [32, 22],
  [90, 22],
];

/** How far the same rules miss the measured CACTI tables: predicted above measured, median over all rows and the middle 80 %. */
export function scalingErrors(rows: Rows): { readonly energy: string; readonly leakage: string } {
  const each = (column: 'readPj' | 'leakageMw', factor: (from: CactiNode, to: CactiNode) => number) =>
    PAIRS.map(([from, to]) => `${from} to ${to} nm ${spread(misses(rows, from, to, column, factor(from, to)))}`).join(
      ', ',
    );
  return {
    energy: each('readPj', (from, to) => relativeEnergy(to, CACTI_VOLTS[to]) / relativeEnergy(from, CACTI_VOLTS[from])),
    leakage: each('leakageMw', (from, to) => (to * CACTI_VOLTS[to]) / (from * CACTI_VOLTS[from])),
  };
}

/** Published figures at 7 nm, from which no rule here was made; at 5 nm what others estimate from the same cell. */
function checks(target: Target, rows: readonly SramRow[], multiplyPj: number): string {
  const table = fitSramTable(rows);
  if (target.nm === 7) {
    const read = [8, 32, 1024].map((kib) => sramAccess(table, kib * 1024, 64).readPj.toPrecision(2));
    return `Against Jouppi et al., ISCA 2021, table 2 (7 nm, 64-bit reads of 8 KB, 32 KB and 1 MB: 7.5, 8.5 and 14 pJ, wires and logic around the array
    included; int8 multiply 0.07 pJ) these tables say ${read.join(', ')} and ${multiplyPj.toPrecision(2)} pJ: real silicon costs several times as much. Ratios between memories and arithmetic are meant, not absolute figures.`;
  }
  if (target.nm === 5) {
    const density = 64 / sramAreaMm2(table, 8 * 2 ** 20, 256);
    return `Density of an 8 MiB memory: ${density.toFixed(0)} Mib/mm^2; WikiChip estimates 32 Mib/mm^2 from the same cell with 30 % for the circuits around it: no measured memory.`;
  }
  return 'No published memory of this node was found to check the absolute figures with; those of 7 nm are several times too low.';
}

/** The technology file of a target node as text; `rows` holds the measured rows of every CACTI node. */
export function scaledTechnologyYaml(target: Target, rows: Rows): string {
  const scaled = rows.get(BASE)!.map((row) => scaledRow(row, target));
  const table = scaled.map((row) => `    - [${Object.values(row).join(', ')}]`).join('\n');
  const { energy, leakage } = scalingErrors(rows);
  const pj = (at45: number) => Number((at45 * target.macEnergy).toPrecision(4));
  return `# Written by scripts/scale-technology.ts from cacti-${BASE}nm and published scaling equations; edit that script, not this file.
name: scaled-${target.nm}nm
source: >-
  Scaled, not measured, from CACTI 7 at ${BASE} nm and Horowitz at 45 nm by published equations.
  Memories are those of the nearest measured table, arithmetic is that of ISSCC 2014 (45 nm, 0.9 V), both brought to ${target.nm} nm with the equations of Stillmaker and Baas
  (Integration 58, 2017). Here: ${target.how}.
node: ${target.nm} nm
memory:
  kind: sram-table
  source: >-
    The rows of cacti-${BASE}nm (its rules for sizes and widths between and outside the rows hold here too). Energies times
    ${target.memoryEnergy.toPrecision(4)}; ${BASE} nm itself lies between the 32 and 20 nm of the equations, in log(node). Area times ${(target.cellUm2 / CACTI_CELL_UM2).toPrecision(4)}: a published cell against the 146 F^2 of CACTI,
    what surrounds the cells in the same proportion (assumed); memories shrink less than logic. Leakage in proportion to node and supply
    (current per width of a device as it is: an assumption).
    Error of the same rules between measured tables, predicted above measured, median (middle 80 % of the rows): energy of a read ${energy};
    leakage ${leakage}.
    ${checks(target, scaled, pj(0.2))}
  columns: [bits, bytes, read pJ, write pJ, leakage mW, area mm^2]
  rows:
${table}
mac:
  energy:
    kind: multiplier-adder
    node: ${target.nm} nm
    source: >-
      Horowitz, ISSCC 2014 (45 nm, 0.9 V): int8 and int32 multiply and add, times ${target.macEnergy.toPrecision(4)} by the same equations. Other widths as in the cacti
      technologies.
    multiply:
      - { bits: 8, energy: ${pj(0.2)} pJ }
      - { bits: 32, energy: ${pj(3.1)} pJ }
    add:
      - { bits: 8, energy: ${pj(0.03)} pJ }
      - { bits: 32, energy: ${pj(0.1)} pJ }
  area:
    node: ${target.nm} nm
    bits: 8
    area: ${Number((282 * target.logicArea).toPrecision(4))} um^2
    source: >-
      DiGamma (DATE 2022): 282 um^2 for one int8 MAC at ${MAC_NODE_NM} nm, times ${target.logicArea.toPrecision(4)} by the areas of the same equations (${MAC_NODE_NM} nm in log(node) between 32 and
      20 nm). Other widths in proportion to the product of the operand widths, an assumption.
${DRAM_SECTION}${wireSection({
  volts: target.volts,
  pitchNm: 4 * BASE * Math.sqrt(target.cellUm2 / CACTI_CELL_UM2),
  logicArea: (target.logicArea * relativeArea(MAC_NODE_NM)) / relativeArea(MULTIPLEXER_NM),
  how: `Pitch: the 4 x ${BASE} nm of CACTI 7, shrunk as the side of the memory cell is, an assumption; area as that of the MAC.`,
})}`;
}
