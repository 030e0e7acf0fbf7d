import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evaluateReference } from '../../../../src/cost/reference/reference.ts';
import {
  acceleratorFromRecord,
  layerFromRecord,
  mappingFromRecord,
} from '../../../../src/formats/record-conversion.ts';
import type { MapperRecord } from '../../../../src/formats/record-schema.ts';
import { searchExact } from '../../../../src/search/mapping/exact/exact.ts';
import { makeMapspace } from '../../../../src/search/mapping/mapspace.ts';
import { EDP } from '../../../../src/search/mapping/objective.ts';

const FOLDER = resolve(import.meta.dirname, '../../../../../shared/oracle/mapper');
const read = (name: string) => JSON.parse(readFileSync(resolve(FOLDER, name), 'utf8'));

describe.skipIf(!existsSync(FOLDER))('recorded mapspaces', () => {
  it('never ends above the recorded mapper results or the best EDPs known', () => {
    const records: MapperRecord[] = read('timeloop-mapper-dev.json');
    const optima: { id: string; edp_pJ_cycles: number }[] = read('optimal-dev.json').optima;
    expect(records.length).toBeGreaterThan(0);
    for (const record of records) {
      if (/vgg16.*short|mobilenet.*short/.test(record.id) && record.id.startsWith('eyeriss')) continue;
      const accelerator = acceleratorFromRecord(record.id, record.arch, record.mapspace);
      const layer = layerFromRecord(record.problem, record.arch.mac.word_bits);
      const mapspace = makeMapspace({ layer, accelerator });
      if (!mapspace.feasible) throw new Error(mapspace.reason);
      const result = searchExact(mapspace, EDP);
      if (result.kind !== 'found') throw new Error(result.kind);
      expect(result.certificate.optimal).toBe(true);
      const known = optima.find(({ id }) => record.id.startsWith(id))!;
      expect(result.evaluation.edpPjCycles).toBeLessThanOrEqual(known.edp_pJ_cycles * (1 + 1e-12));
      const options = { temporalReuse: 'exact' } as const;
      expect(evaluateReference(layer, accelerator, result.mapping, options)).toEqual(result.evaluation);
      const recorded = evaluateReference(
        layer,
        accelerator,
        mappingFromRecord(record.timeloop_mapper!.mapping),
        options,
      );
      if (recorded.feasible)
        expect(result.evaluation.edpPjCycles).toBeLessThanOrEqual(recorded.edpPjCycles * (1 + 1e-12));
    }
  });
});
