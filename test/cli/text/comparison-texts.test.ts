import { describe, expect, it } from 'vitest';
import type { ChipValidation } from '../../../src/app/validate/chips.ts';
import type { MapperComparison } from '../../../src/app/validate/mapper.ts';
import { describeFront } from '../../../src/cli/text/front-text.ts';
import { describeChips } from '../../../src/cli/text/validate/chips-text.ts';
import { describeMapperComparison } from '../../../src/cli/text/validate/mapper-text.ts';
import { BASELINE_TRIAL } from '../../../src/search/trials.ts';
import { MAPPED_DESIGN } from '../../search/synthetic-design.ts';

const cellsOf = (text: string, start: string) =>
  text
    .split('\n')
    .find((line) => line.trim().startsWith(start))!
    .trim()
    .split(/ {2,}/);

describe('a front as text', () => {
  const point = (trial: number, energyPj: number, cycles: number) => ({
    trial,
    energyPj,
    cycles,
    areaMm2: 4.25,
    design: MAPPED_DESIGN,
  });

  it('has cycles, energy, EDP and area of each design, the fastest first', () => {
    const text = describeFront([point(7, 2e9, 3e6), point(BASELINE_TRIAL, 4e9, 1e6)], 1, 'off');
    expect(text).toMatch(/^front of energy, latency and area: 2 designs; all shown/);
    expect(cellsOf(text, '7 ').slice(0, 5)).toEqual(['7', '3,000,000', '2 mJ', '6.0000e15', '4.25 mm^2']);
    expect(cellsOf(text, 'baseline').slice(0, 4)).toEqual(['baseline', '1,000,000', '4 mJ', '4.0000e15']);
    expect(text.indexOf('baseline')).toBeLessThan(text.indexOf('6.0000e15'));
  });

  it('says how many of a long front it shows, and over how many networks', () => {
    const front = Array.from({ length: 40 }, (_, i) => point(i, 1e9 / (i + 1), 1e6 * (i + 1)));
    const text = describeFront(front, 2, 'off');
    expect(text).toContain('40 designs; 10 shown');
    expect(text).toContain('geometric means over the networks');
    expect(text.split('\n')).toHaveLength(3 + 10);
  });
});

describe('mapper records as text', () => {
  const record = (id: string, edp: number, recorded: number | null): MapperComparison => ({
    ...{ id, edp, energy_pJ: 1, cycles: 1, optimal: true, seconds: 1.5, evaluations: 1200 },
    recorded_edp: recorded,
    ratio: recorded === null ? null : edp / recorded,
    stated_edp: null,
    // The text does not show it.
    mapping: {} as MapperComparison['mapping'],
  });

  it('have the ratio of each, and their geometric mean', () => {
    const text = describeMapperComparison([record('a', 1, 2), record('b', 1, 8), record('c', 1, null)]);
    expect(cellsOf(text, 'a ')).toEqual(['a', '1.0000e+0', '2.0000e+0', '0.5000', 'optimal', '1.50', '1,200']);
    expect(text).toContain('geometric mean of EDP / recorded EDP: 0.2500 (4.00x better)');
    expect(describeMapperComparison([record('c', 1, null)])).not.toContain('geometric mean');
  });
});

describe('measured chips as text', () => {
  it('have the chip, then the model, then the error', () => {
    const compared = (measured: number, model: number) => ({ measured, model, error: model / measured - 1 });
    const layer = {
      name: 'conv1',
      activePes: compared(154, 150),
      cycles: compared(2e6, 3e6),
      bufferMegabytes: compared(4, 5),
      dramMegabytes: compared(8, 6),
      inputZeros: 0.4,
    };
    const speed = { accelerator: 'acc', workload: 'net', utilization: 0.75, layers: 9, proven: 8, onChip: null };
    const onChip = {
      ...{
        isProven: false,
        levelName: 'chip',
        activations: 5,
        retained: 3,
        pinnedBits: 2 ** 23,
        parameterBits: 2 ** 24,
      },
      ...{ outermostWords: 12345, compulsoryWords: 1234 },
    };
    const validation: ChipValidation = {
      networks: [
        {
          ...{ chip: 'chip', workload: 'net', batch: 4, accelerator: 'acc', mapping: 'map', layers: [layer] },
          meanAbsoluteError: { activePes: 0.01, cycles: 0.5, bufferMegabytes: 0.25, dramMegabytes: 0.125 },
        },
      ],
      frameRates: [{ ...speed, framesPerSecond: compared(30, 45) }],
      imageTimes: [{ ...speed, accelerator: 'stick', milliseconds: compared(20, 10), onChip }],
      rtl: null,
      boards: null,
      sources: {},
      explanation: ['because'],
      notModelled: [{ text: 'no stalls', accelerators: ['acc', 'stick'] }],
    };
    const text = describeChips(validation);
    expect(cellsOf(text, 'conv1')).toEqual([
      ...['conv1', '154', '150', '-2.6 %', '2', '3', '+50.0 %', '4', '5', '+25.0 %', '8', '6', '-25.0 %', '40 %'],
    ]);
    expect(text).toContain('mean absolute error: PEs 1.0 %, cycles 50.0 %, buffer 25.0 %, DRAM 12.5 %');
    expect(cellsOf(text, 'acc ')).toEqual(['acc', 'net', '30', '45', '+50.0 %', '75.0 %', '8 of 9']);
    expect(cellsOf(text, 'stick ')).toEqual([
      ...[
        'stick',
        'net',
        '20',
        '10',
        '-50.0 %',
        '75.0 %',
        '8 of 9, schedule not',
        '3 of 5',
        '1.00 of 2.00 MiB',
        '12,345',
        '1,234',
      ],
    ]);
    expect(text).toContain('no stalls (acc, stick)');
    expect(text).toMatch(/Gemmini RTL: not given.*--rtl/);
    expect(text).toMatch(/ZCU102.*not given.*--boards/);
  });
});
