import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capacityBits } from '../../../src/accelerator/accelerator.ts';
import { buildAccelerator } from '../../../src/accelerator/build.ts';
import type { AcceleratorSpecification } from '../../../src/accelerator/specification.ts';
import { hardwareChanges } from '../../../src/app/explain/changes.ts';
import { networkReport } from '../../../src/app/explain/evaluate.ts';
import { vectorReport } from '../../../src/app/explain/vector-report.ts';
import { loadAccelerator, loadSpecification, loadTechnology, loadWorkload } from '../../../src/app/presets/load.ts';
import { networkVectorDemands } from '../../../src/cost/vector-cost.ts';
import { readSimpleQuantity } from '../../../src/formats/quantity/quantity.ts';

const eyeriss = loadSpecification('eyeriss');
const noLayers = networkReport(loadWorkload('dqn', 1).network, loadAccelerator('eyeriss'), []);
const changesOf = (specification: AcceleratorSpecification) => hardwareChanges(specification, noLayers);

describe('changes of the hardware', () => {
  it('are factors of sizes and bandwidths for a network, and one more row and column', () => {
    expect(changesOf(eyeriss).map(({ name }) => name)).toEqual([
      'GlobalBuffer x2 (216 KiB)',
      'GlobalBuffer /2 (54 KiB)',
      'RegisterFile x2 (1 KiB)',
      'RegisterFile /2 (256 B)',
      'DRAM bandwidth x2 (960 MB/s)',
      'DRAM bandwidth /2 (240 MB/s)',
      'GlobalBuffer bandwidth x2 (read 18 words/cycle, write 8 words/cycle)',
      'GlobalBuffer bandwidth /2 (read 4.5 words/cycle, write 2 words/cycle)',
      'one more row of PEs (Y 12 -> 13)',
      'one more column of PEs (X 14 -> 15)',
      'DRAM without compression',
    ]);
  });

  it('take each stated overhead away alone, as far as the rest stays legal', () => {
    const [dram, buffer, ...others] = eyeriss.levels;
    const levels = [
      { ...dram!, requests: { bytes: 64, cycles: 1, layout: { Inputs: ['C' as const] } }, overlap: 'none' as const },
      {
        ...buffer!,
        mustKeep: ['Inputs' as const],
        launch: { cycles: 5, matrixCycles: 5 },
        refetch: ['Inputs' as const],
        spill: 'never' as const,
        fanOut: { ...buffer!.fanOut, fill: { cyclesPerLoad: 4, leastRows: 1 }, rampCycles: 3 },
      },
      ...others,
    ];
    const changes = changesOf({ ...eyeriss, levels }).filter(({ kind }) => kind === 'overhead');
    // Not the refetch: requests of Inputs are counted for whole tiles alone.
    expect(changes.map(({ name }) => name)).toEqual([
      'DRAM without requests',
      'DRAM without compression',
      'DRAM without overlap: none',
      'GlobalBuffer without launch',
      'GlobalBuffer without spill: never',
      'GlobalBuffer without fill',
      'GlobalBuffer without ramp',
    ]);
    const keysOf = (level: object) => Object.keys({ ...level, ...('fanOut' in level ? (level.fanOut as object) : {}) });
    const gone = changes.map(({ specification }) =>
      levels.flatMap((level, i) => {
        const left = keysOf(specification.levels[i]!);
        return keysOf(level).filter((key) => !left.includes(key));
      }),
    );
    expect(gone).toEqual([['requests'], ['compression'], ['overlap'], ['launch'], ['spill'], ['fill'], ['rampCycles']]);
  });

  // Killed by: one rate that stays, a unit that no operator of the network keeps busy.
  it('are twice both rates of a vector unit that the network uses', () => {
    const specification = {
      ...eyeriss,
      vectorUnit: { level: 'GlobalBuffer', simplePerCycle: 64, specialPerCycle: 8, simplePj: 1, specialPj: 1 },
    };
    const changes = (workload: string) => {
      const accelerator = buildAccelerator(specification, loadTechnology('cacti-65nm'));
      const vector = vectorReport(networkVectorDemands(loadWorkload(workload, 1).network), accelerator);
      return hardwareChanges(specification, { ...noLayers, vector }).filter(({ kind }) => kind === 'vector-unit');
    };
    const [twice, ...others] = changes('resnet18');
    expect(twice!.name).toBe('vector unit x2 (128 simple, 16 special per cycle)');
    expect(twice!.specification.vectorUnit).toEqual({
      ...specification.vectorUnit,
      simplePerCycle: 128,
      specialPerCycle: 16,
    });
    expect(others).toEqual([]);
    expect(changes('dqn')).toEqual([]);
  });

  it('have sizes as people write them, which are the sizes that are mapped', () => {
    fc.assert(
      fc.property(fc.integer({ min: 64, max: 4_000_000 }), (bytes) => {
        const bits = 8 * bytes;
        const levels = eyeriss.levels.map((level, i) =>
          i === 1 ? { ...level, capacity: { kind: 'shared' as const, bits } } : level,
        );
        const changes = changesOf({ ...eyeriss, levels }).filter(({ name }) => /^GlobalBuffer (x2|\/2)/.test(name));
        for (const { name, specification } of changes) {
          const [, factor, size, unit] = /^GlobalBuffer (x2|\/2) \(([\d.]+) (B|KiB|MiB)\)$/.exec(name)!;
          const changed = capacityBits(specification.levels[1]!.capacity)!;
          expect(readSimpleQuantity(`${size} ${unit}`)).toMatchObject({ value: changed });
          expect(size).toMatch(unit === 'B' ? /^\d+$/ : /^\d+(\.\d{1,3})?$/);
          const exact = bits * (factor === 'x2' ? 2 : 0.5);
          expect(changed).toBeLessThanOrEqual(exact);
          expect(changed).toBeGreaterThan(0.85 * exact - 16);
          if (changed >= 16 * 8192) expect(changed % 4096).toBe(0);
          if (bytes >= 32 * 1024 && bytes % 1024 === 0) expect(changed).toBe(exact);
        }
        expect(changes.map(({ name }) => name.split(' ')[1])).toEqual(['x2', '/2']);
      }),
    );
  });
});
