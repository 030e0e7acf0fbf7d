import { z } from 'zod';
import type { SramRow } from '../src/accelerator/sram-table.ts';
import { DRAM_SECTION } from './dram-kinds.ts';
import { CACTI_VOLTS, type CactiNode, MULTIPLEXER_NM, wireSection } from './wire-section.ts';

/** Process nodes of the raw file, one technology file each. */
export const NODES_NM: readonly CactiNode[] = [22, 32, 45, 65, 90];

const rawRows = z.array(
  z.object({
    nm: z.number(),
    bits: z.number(),
    bytes: z.number(),
    read_pJ: z.number().nullable(),
    write_pJ: z.number().nullable(),
    leak_mW: z.number().nullable(),
    area_mm2: z.number().nullable(),
  }),
);

const DIGITS = 5;

/** The rows of one node, to five significant digits; sizes that CACTI refused (null) are left out. */
export function cactiRows(raw: unknown, nodeNm: number): SramRow[] {
  const round = (value: number) => Number(value.toPrecision(DIGITS));
  return rawRows
    .parse(raw)
    .filter((row) => row.nm === nodeNm)
    .flatMap(({ bits, bytes, read_pJ, write_pJ, leak_mW, area_mm2 }) =>
      read_pJ === null || write_pJ === null || leak_mW === null || area_mm2 === null
        ? []
        : [
            {
              bits,
              bytes,
              readPj: round(read_pJ),
              writePj: round(write_pJ),
              leakageMw: round(leak_mW),
              areaMm2: round(area_mm2),
            },
          ],
    );
}

/** The technology file of one node as text. */
export function cactiTechnologyYaml(nodeNm: CactiNode, rows: readonly SramRow[]): string {
  const table = rows.map((row) => `    - [${Object.values(row).join(', ')}]`).join('\n');
  return `# Written by scripts/fit-technology.ts from CACTI 7 runs; edit that script, not this file.
name: cacti-${nodeNm}nm
source: CACTI 7 for memories at ${nodeNm} nm; Horowitz (ISSCC 2014, 45 nm) for arithmetic and DRAM, scaled to the node
node: ${nodeNm} nm
memory:
  kind: sram-table
  source: >-
    CACTI 7 runs: type ram, one read-write port, itrs-hp cells, 330 K, ED^2-optimised, block size = width of an access.
    Rows are as measured. They are made monotone when the file is read (pool-adjacent-violators over the sizes in log space,
    then a running maximum of the energies over the widths) and interpolated in log(size) and log(width).
    Below the smallest row of a width: the register-file figure, which is the energy of that smallest row (32 words; CACTI
    refuses smaller arrays), while area and leakage shrink with the size. Above the largest row: energy with the square root
    of the size, area and leakage in proportion. Accesses narrower than 16 bits: a power of the width with the mean exponent
    between 16 and 32 bits. Accesses wider than 256 bits: in proportion to the width. All of these rules are assumptions.
  columns: [bits, bytes, read pJ, write pJ, leakage mW, area mm^2]
  rows:
${table}
mac:
  energy:
    kind: multiplier-adder
    node: 45 nm
    source: >-
      Horowitz, ISSCC 2014 (45 nm, 0.9 V): int8 and int32 multiply and add. Other widths: a power of the product of the operand
      widths (multiplier) and of the accumulator width (adder) through the two published points. Other nodes: in proportion to
      the node, an assumption.
    multiply:
      - { bits: 8, energy: 0.2 pJ }
      - { bits: 32, energy: 3.1 pJ }
    add:
      - { bits: 8, energy: 0.03 pJ }
      - { bits: 32, energy: 0.1 pJ }
  area:
    node: 28 nm
    bits: 8
    area: 282 um^2
    source: >-
      DiGamma (DATE 2022): 282 um^2 for one int8 MAC at 28 nm. Other widths: in proportion to the product of the operand
      widths; other nodes: to the square of the node. Both are assumptions.
${DRAM_SECTION}${wireSection({
  volts: CACTI_VOLTS[nodeNm],
  pitchNm: 4 * nodeNm,
  logicArea: (nodeNm / MULTIPLEXER_NM) ** 2,
  how: 'Supply and pitch (semi-global wires, 4 x the node): CACTI 7. Other nodes: area to the square of the node, an assumption.',
})}`;
}
