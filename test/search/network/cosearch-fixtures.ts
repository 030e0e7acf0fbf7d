import { layerMapper } from '../../../src/search/accelerator/evaluate-candidate.ts';
import { exactSettings } from '../../../src/search/mapping/map-layer.ts';
import type { AccuracyEvaluator } from '../../../src/search/network/accuracy/accuracy-evaluator.ts';
import { AccuracyMemo } from '../../../src/search/network/accuracy/accuracy-memo.ts';
import type { CosearchContext } from '../../../src/search/network/cosearch-context.ts';
import type { Aim } from '../../../src/search/network/rated-networks.ts';
import { itemScorer, type ScorerOptions } from '../../../src/search/network/score-networks.ts';
import { type Genotype, geneList } from '../../../src/search/network/spaces/genes.ts';
import { NetworkBuilder } from '../../../src/search/network/spaces/network-builder.ts';
import { defineSpace } from '../../../src/search/network/spaces/network-space.ts';
import { budgetCase } from '../accelerator/fixtures.ts';
import { syntheticMapper } from '../accelerator/stand-in-mappers.ts';

export const WORD_BITS = { Weights: 16, Inputs: 16, Outputs: 16 };
export const EYERISS = budgetCase('eyeriss');

/** Three blocks; the last gene is silent when the one before skips: 21 networks. */
export const TINY = defineSpace({
  name: 'tiny',
  title: 'tiny',
  source: 'test',
  genes: geneList('blocks', 3, ['skip', 'narrow', 'wide'], false),
  distinctSize: 21,
  isSilent: (genotype) => [false, false, genotype[1] === 0],
  build: (genotype: Genotype, options) => {
    const builder = new NetworkBuilder({ channels: 4, size: 4 }, options);
    builder.convolution('stem', { out: 4 });
    for (const [i, gene] of genotype.entries())
      if (gene > 0) builder.convolution(`b${i}`, { out: gene === 1 ? 4 : 12 });
    return builder.globalPool('pool').linear('head', 2).build('tiny', 'test');
  },
});

/** More for larger genes, not in proportion to their cost. */
export function tinyAccuracy(genotype: Genotype): number {
  const [a, b, c] = TINY.canonical(genotype);
  return 60 + [0, 9, 7][a!]! + [0, 3, 11][b!]! + [0, 6, 8][c!]!;
}

/** Knows the accuracy of every tiny network; counts the questions. */
export function tinyEvaluator(): AccuracyEvaluator & { asked: number } {
  return {
    name: 'tiny',
    source: 'test',
    space: TINY.name,
    limits: { ceilingPercent: 88, ceilingErrorPoints: 0, lowestPercent: 60 },
    asked: 0,
    async evaluate(genotype) {
      this.asked++;
      const top1Percent = tinyAccuracy(genotype);
      return {
        kind: 'estimate',
        top1Percent,
        reportedTop1Percent: top1Percent,
        errorPoints: 0.1,
        source: 'test',
        inDomain: true,
        saturated: false,
        notes: [],
      };
    },
  };
}

/** Exact mappings. */
export const EXACT_SCORER: ScorerOptions = {
  space: TINY,
  wordBits: WORD_BITS,
  technology: EYERISS.technology,
  mapper: layerMapper(exactSettings({ factors: 'perfect', nodeLimit: 1_000_000, guesses: true })),
  factors: 'perfect',
};

/** Made-up mappings, which are there at once. */
export const SCORER: ScorerOptions = { ...EXACT_SCORER, mapper: syntheticMapper() };

/** A context over the tiny space. */
export function tinyContext(
  floorPercent: number | null,
  aim: Aim,
  seed: number,
  size: { population: number; iterations: number },
): CosearchContext {
  return {
    space: TINY,
    wordBits: WORD_BITS,
    accuracy: new AccuracyMemo({ space: TINY, evaluator: tinyEvaluator(), floorPercent }),
    scorer: { score: async (items) => items.map(itemScorer(SCORER)) },
    evolution: { ...size, parentRatio: 0.25, mutationRatio: 0.5, rates: { architecture: 0.4, resolution: 0.5 } },
    aim,
    baselineEdp: 1e12,
    corner: { accuracy: floorPercent ?? 60, cost: 1e13 },
    topPercent: 88,
    attemptsPerNetwork: 60,
    seed,
  };
}
