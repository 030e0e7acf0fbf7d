import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { SramRow } from '../src/accelerator/sram-table.ts';
import { NODES_NM } from './cacti-technology.ts';

const file = z.object({ memory: z.object({ rows: z.array(z.array(z.number()).length(6)) }) });

/** The rows of every cacti technology file under the root of the project, as measured. */
export function measuredRows(root: string): Map<(typeof NODES_NM)[number], SramRow[]> {
  return new Map(
    NODES_NM.map((nm) => {
      const text = readFileSync(resolve(root, `accelerators/technology/cacti-${nm}nm.yaml`), 'utf8');
      const rows = file.parse(parse(text)).memory.rows.map(
        ([bits, bytes, readPj, writePj, leakageMw, areaMm2]): SramRow => ({
          bits: bits!,
          bytes: bytes!,
          readPj: readPj!,
          writePj: writePj!,
          leakageMw: leakageMw!,
          areaMm2: areaMm2!,
        }),
      );
      return [nm, rows];
    }),
  );
}
