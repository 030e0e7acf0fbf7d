import { describe, expect, it } from 'vitest';
import { buildAccelerator } from '../../../src/accelerator/build.ts';
import { namedGoal } from '../../../src/app/layers/goal.ts';
import { openLayerPool } from '../../../src/app/layers/layer-pool.ts';
import { networkAnswerSteps } from '../../../src/app/layers/network-answer.ts';
import { openScheduledNetworks } from '../../../src/app/layers/scheduled/scheduled-networks.ts';
import { runSteps } from '../../../src/app/layers/steps.ts';
import { loadSpecification, loadTechnology } from '../../../src/app/presets/load.ts';
import { exactSettings } from '../../../src/search/mapping/map-layer.ts';
import type { KeepRule, ScoreAnswer, ScoreItem } from '../../../src/search/network/score-networks.ts';
import { singleGene } from '../../../src/search/network/spaces/genes.ts';
import { NetworkBuilder } from '../../../src/search/network/spaces/network-builder.ts';
import { defineSpace } from '../../../src/search/network/spaces/network-space.ts';
import { perTensor } from '../../../src/util/vocabulary.ts';
import { tinyWith } from '../small-files.ts';

const wordBits = perTensor(() => 8);
/** One or two pointwise layers of two or four channels, with a shortcut. */
const space = defineSpace({
  name: 'pointwise',
  title: 'made up for tests',
  source: 'made up for tests',
  genes: [singleGene('depth', [1, 2]), singleGene('width', [2, 4])],
  distinctSize: 4,
  build: ([depth, width], options) => {
    const builder = new NetworkBuilder({ channels: 2, size: 2 }, options);
    for (let i = 0; i <= depth!; i++) {
      const before = builder.flow;
      builder
        .convolution(`a${i}`, { out: width === 0 ? 2 : 4 })
        .convolution(`b${i}`, { out: 2 })
        .add(`sum${i}`, before);
    }
    return builder.build('pointwise', 'made up for tests');
  },
});
const GENOTYPES = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
] as const;

const specification = loadSpecification(tinyWith());
const technology = loadTechnology(specification.technology);
const settings = exactSettings({ factors: 'perfect' });
const setup = { space, wordBits, technology, settings, pins: true };
const ALL: KeepRule = { kind: 'best', count: GENOTYPES.length, edps: [] };

/** The accelerator with buffers of two sizes, each with all networks. */
function itemsWith(cutoffPjCycles: number | null, keep = ALL): ScoreItem[] {
  return [24, 48].map((bytes, trial) => {
    const levels = specification.levels.map((level, i) =>
      i === 1 ? { ...level, capacity: { kind: 'shared' as const, bits: bytes * 8 } } : level,
    );
    const networks = GENOTYPES.map((genotype) => ({ genotype, top1Percent: 70 }));
    return { trial, specification: { ...specification, levels }, networks, keep, cutoffPjCycles, known: [] };
  });
}

async function scores(calls: readonly (readonly ScoreItem[])[], workers = 1): Promise<ScoreAnswer[][]> {
  const pool = await openScheduledNetworks(setup, { workers });
  const answers: ScoreAnswer[][] = [];
  for (const items of calls) answers.push([...(await pool.score(items))]);
  await pool.close();
  return answers;
}

const edpsOf = ({ networks }: ScoreAnswer) =>
  networks.map((one) => (one.kind === 'scored' ? one.edpPjCycles : Number.POSITIVE_INFINITY));
const whole = scores([itemsWith(null)]).then(([answers]) => answers!);

describe('networks that are scored by their schedules', () => {
  // Killed by: steps of one network that another takes for its own, costs of another accelerator, layers in place of schedules.
  it('get nearly the figures that map answers', async () => {
    const pool = openLayerPool({ workers: 1 });
    for (const [i, answer] of (await whole).entries()) {
      const accelerator = buildAccelerator(itemsWith(null)[i]!.specification, technology);
      for (const [n, edp] of edpsOf(answer).entries()) {
        const network = space.build(GENOTYPES[n]!, { batch: 1, wordBits });
        const question = { network, accelerator, goal: namedGoal('edp'), settings };
        const found = await runSteps(
          networkAnswerSteps({ ...question, between: { mode: 'retain', pins: true } }),
          pool,
        );
        if (found.kind === 'failed') throw found.error;
        expect(edp / found.report.totals.edpPjCycles).toBeGreaterThan(1 - 1e-9);
        expect(edp / found.report.totals.edpPjCycles).toBeLessThan(1.01);
      }
    }
    await pool.close();
    const [small, large] = (await whole).map(edpsOf);
    large!.forEach((edp, n) => {
      expect(edp).toBeLessThan(1.01 * small![n]!);
    });
  });

  // Killed by: results that follow the threads, a memory of one trial that serves another.
  it('get the same answers with more workers, and when they come again', async () => {
    const [first, again] = await scores([itemsWith(null), itemsWith(null)], 2);
    expect(first).toEqual(await whole);
    expect(again!.map(edpsOf)).toEqual(first!.map(edpsOf));
  });

  // Killed by: a cutoff that is not heeded or cuts what lies below it, a rule of what is kept that knows no scores of the same item.
  it('are stopped where they lie above the cutoff or cannot be among the best', async () => {
    const edps = (await whole).map(edpsOf);
    const middle = [...edps[0]!].sort((a, b) => a - b)[1]! * (1 + 1e-6);
    const [below, best] = await scores([itemsWith(middle), itemsWith(null, { kind: 'best', count: 1, edps: [] })]);
    below!.forEach((answer, i) => {
      expect(edpsOf(answer)).toEqual(edps[i]!.map((edp) => (edp <= middle ? edp : Number.POSITIVE_INFINITY)));
      for (const one of answer.networks)
        if (one.kind === 'stopped') expect(one.boundPjCycles).toBeGreaterThanOrEqual(middle);
    });
    best!.forEach((answer, i) => {
      expect(Math.min(...edpsOf(answer))).toBe(Math.min(...edps[i]!));
      expect(answer.networks.some(({ kind }) => kind === 'stopped')).toBe(true);
    });
  });
});
