import { expect, it } from 'vitest';
import { statedTerms } from '../../../src/accelerator/overhead-data.ts';
import { reportModel } from '../../../src/report/report-model.ts';
import { acceleratorSection } from '../../../src/report/sections/accelerator-section.ts';
import { MAPPED_DESIGN, specificationOf } from '../../search/synthetic-design.ts';
import { syntheticInput } from '../synthetic-input.ts';

it('the accelerator of a report has what its levels state, in the words of its file, and nothing where they state nothing', () => {
  const plain = specificationOf(MAPPED_DESIGN);
  const model = reportModel(syntheticInput({ generations: 1 }));
  const pageOf = (specification: typeof plain) => String(acceleratorSection({ ...model, specification }));
  expect(statedTerms(plain)).toEqual([]);
  expect(pageOf(plain)).not.toContain('Overheads');
  const [dram, buffer, ...others] = plain.levels;
  const levels = [
    { ...dram!, requests: { bytes: 64, cycles: 1, layout: { Weights: ['C' as const, 'K' as const] } } },
    { ...buffer!, launch: { cycles: 5, matrixCycles: 5 }, fanOut: { ...buffer!.fanOut, rampCycles: 7 } },
    ...others,
  ];
  const link = { bytesPerSecond: 4.6e8, residentBits: 7 * 2 ** 23, pjPerBit: 0 };
  const page = pageOf({ ...plain, levels, link, tiles: 'box' });
  expect(page).toMatch(
    new RegExp(
      [
        `<strong>${plain.name}</strong>: <code>tiles: box</code>, <code>link: { bandwidth: 460 MB/s, resident: 7 MiB }</code></li>`,
        `<strong>${dram!.name}</strong>: <code>requests: { bytes: 64, cycles: 1 }</code>, <code>layout: { Weights: \\[.., C, K\\] }</code></li>`,
        `<strong>${buffer!.name}</strong>: <code>launch: { cycles: 5 }</code>, <code>ramp: 7</code></li>`,
      ].join('[^]*'),
    ),
  );
});
