import { loadBudget, loadSpecification } from '../../src/app/presets/load.ts';
import type { BaselineJob, EvaluateJob } from './job.ts';
import { designJob, edpGain, head, meanGains, networkGains, type Part, row, runDesigns } from './part.ts';
import { factorText } from './statistics.ts';

const TECHNOLOGIES = [null, 'maestro', 'eyeriss-ratios'] as const;

/** Technology tables: ours (energy depends on size) against constants. */
export const technologyPart: Part = {
  title: 'Technology: size-dependent tables against constant energies',
  about:
    'The paper scores with MAESTRO, whose energies do not depend on sizes and whose DRAM costs nothing. Baseline and designs are priced alike; the last columns price the same accelerator by the tables of the preset, each layer mapped anew.',
  async run(context) {
    const settings =
      context.workload === null && context.budget === null
        ? [
            { workload: 'vgg16', budget: 'edge-tpu' },
            ...(context.quick ? [] : [{ workload: 'resnet50', budget: 'eyeriss' }]),
          ]
        : [{ workload: context.workload ?? 'resnet50', budget: context.budget ?? 'eyeriss' }];
    const rows = await Promise.all(
      settings.flatMap(({ workload, budget }) =>
        TECHNOLOGIES.slice(0, context.quick ? 2 : 3).map(async (technology) => {
          const designs = await runDesigns(
            context.lanes,
            context.seeds.map((seed) => designJob(context, { workloads: [workload], budget, technology, seed })),
          );
          const own: BaselineJob = { kind: 'baseline', workload, budget, technology: null, factors: context.factors };
          const [ownBaseline] = await context.lanes.run([own]);
          const ownTechnology = technologyOf(budget);
          const again = await context.lanes.run(
            designs.map(
              ({ result }): EvaluateJob => ({
                kind: 'evaluate',
                workload,
                technology: ownTechnology,
                factors: context.factors,
                specification: { ...result.best.specification, technology: ownTechnology },
              }),
            ),
          );
          const repriced = again.map(({ result }) =>
            meanGains(networkGains([result.figures], [ownBaseline!.result], 'optimal')),
          );
          const gains = designs.map(({ result, baselines }) =>
            meanGains(networkGains(result.best.networks, baselines, 'published')),
          );
          return row(
            workload,
            budget,
            technology ?? `${ownTechnology} (own)`,
            factorText(gains.map((gain) => gain.speedup)),
            factorText(gains.map((gain) => gain.energySaving)),
            factorText(gains.map((gain) => gain.edp)),
            factorText(designs.map((design) => edpGain(design, 'optimal'))),
            factorText(repriced.map((gain) => gain.edp)),
          );
        }),
      ),
    );
    return {
      lines: [
        ...head(
          3,
          'network',
          'budget',
          'technology',
          'speedup vs published',
          'energy vs published',
          'EDP vs published',
          'EDP vs optimal',
          'repriced by own tables, EDP vs optimal',
        ),
        ...rows,
      ],
    };
  },
};

/** The technology of the budget's own accelerator. */
function technologyOf(budget: string): string {
  const { baseline } = loadBudget(budget);
  if (baseline === undefined) throw new Error(`budget ${budget} names no baseline`);
  return loadSpecification(baseline.accelerator).technology;
}
