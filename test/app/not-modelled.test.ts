import { describe, expect, it } from 'vitest';
import { openLayerPool } from '../../src/app/layers/layer-pool.ts';
import { dataflowTableJson, runDataflowTable } from '../../src/app/map/dataflow-table.ts';
import { mapJson } from '../../src/app/map/json.ts';
import { sweepJson } from '../../src/app/sweep/sweep.ts';
import { mapped, swept } from './run-folders.ts';
import { SMALL_REQUEST, TRADE_NETWORK, tinyWith } from './small-files.ts';

describe('what figures leave out', () => {
  it('is named by every answer about the accelerator alike, by the rule that counted', async () => {
    const accelerator = tinyWith(['    capacity: 128 B', '    capacity: 128 B\n    leakage: 3 mW\n    drain: charged']);
    const request = { ...SMALL_REQUEST, workload: TRADE_NETWORK, accelerator, temporalReuse: 'timeloop' as const };
    const pool = openLayerPool({ workers: 1 });
    const table = await runDataflowTable({ ...request, dataflow: 'all' }, pool, () => {}).finally(pool.close);
    const sweep = sweepJson(await swept({ ...request, vary: ['L2=128B'] }));
    const documents = [mapJson(await mapped(request)), dataflowTableJson(table), sweep];
    const left = documents.map((document) => JSON.parse(JSON.stringify(document)).notModelled);
    expect(left[0]).toContainEqual('leakage: switched off by countLeakage (Buffer, Registers)');
    expect(left[0]).toContainEqual('drain: finished outputs leave without a read (Buffer, Registers)');
    expect(left[0]).toContainEqual(expect.stringContaining("Timeloop's rule"));
    expect(left[1]).toEqual(left[0]);
    expect(left[2]).toEqual(left[0]);
  });
});
