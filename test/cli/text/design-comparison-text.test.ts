import { describe, expect, it } from 'vitest';
import type { FinishedDesign } from '../../../src/app/design/finish.ts';
import { describeComparison } from '../../../src/cli/text/design-comparison-text.ts';

const finalOf = (network: string, layerWise: number, perfect: number, final: number) => ({
  factors: 'imperfect',
  networkWise: { lowerBound: perfect, optimal: true },
  layerWiseEdpPjCycles: layerWise,
  perfectEdpPjCycles: perfect,
  replacedLayers: 1,
  schedule: null,
  report: { network: { name: network }, layers: [{}, {}, {}], totals: { edpPjCycles: final } },
});

/** A finished search of some networks. */
function finishedOf(
  networks: readonly string[],
  violations: FinishedDesign['baselineViolations'] = [],
): FinishedDesign {
  const finals = (scale: number) => networks.map((name) => finalOf(name, 4 * scale, 3 * scale, 2 * scale));
  const finished = {
    mapped: finals(1e15),
    baselines: [
      { which: 'published', accelerator: 'nvdla-256', dataflow: 'weight-stationary' },
      { which: 'optimal', accelerator: 'nvdla-256', dataflow: null },
    ],
    finalPublished: finals(3e15),
    finalBaseline: finals(2e15),
    baselineViolations: violations,
    perfectImprovement: { published: 3.25, optimal: 2.25 },
    summary: { improvement: { published: 3, optimal: 2 } },
  };
  // The comparison reads only these of a finished design.
  return finished as unknown as FinishedDesign;
}

describe('a design beside its baseline as text', () => {
  it('has a row per accelerator and a column per way of mapping', () => {
    const lines = describeComparison(finishedOf(['squeezenet']))
      .join('\n')
      .split('\n');
    expect(lines[0]).toMatch(/^EDP in pJ\*cycles +layers, perfect +network, perfect +or imperfect$/);
    expect(lines[2]).toMatch(/^nvdla-256 in weight-stationary +1\.2000e\+16 +9\.0000e\+15 +6\.0000e\+15$/);
    expect(lines[3]).toMatch(/^nvdla-256, optimal mapping +8\.0000e\+15 +6\.0000e\+15 +4\.0000e\+15$/);
    expect(lines[4]).toMatch(/^this design +4\.0000e\+15 +3\.0000e\+15 +2\.0000e\+15$/);
    for (const line of lines.slice(0, 5)) expect(line.length).toBeLessThan(80);
  });

  it('names the networks where there are several', () => {
    const text = describeComparison(finishedOf(['squeezenet', 'mobilenetv2'])).join('\n');
    expect(text).toMatch(/^EDP in pJ\*cycles +network +layers, perfect/);
    expect(text.match(/^this design +(squeezenet|mobilenetv2) /gm)).toHaveLength(2);
  });

  it('tells both gains, with perfect factors too', () => {
    const text = describeComparison(finishedOf(['squeezenet'])).join('\n');
    expect(text).toContain('published dataflow: 3.000 x this design; with its optimal mapping: 2.000 x this design');
    expect(text).toContain('(1 of 3 layers of the design); with perfect factors alone: 3.250 x; 2.250 x');
  });

  it('says that a baseline outside the budget is one, and which limits it exceeds', () => {
    const text = (violations: FinishedDesign['baselineViolations']) =>
      describeComparison(finishedOf(['squeezenet'], violations)).join('\n');
    expect(text([])).not.toContain('exceeds the budget');
    expect(
      text([
        { resource: 'on-chip memory', unit: 'bit', limit: 8 * 2 ** 16, used: 8 * 2 ** 17, excess: 1 },
        { resource: 'DRAM bandwidth', unit: 'B/s', limit: 1e9, used: Number.POSITIVE_INFINITY, excess: Infinity },
        { resource: 'area', unit: 'mm^2', limit: 0.5, used: 3.25, excess: 5.5 },
      ]),
    ).toContain(
      'the baseline nvdla-256 exceeds the budget (on-chip memory 128 KiB of 64 KiB, DRAM bandwidth unlimited of 1 GB/s, area 3.25 mm^2 of 0.5 mm^2)',
    );
  });
});
