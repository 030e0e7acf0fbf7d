import type { EvaluateJob } from './job.ts';
import { type ComparedDesign, designJob, edpGain, head, type Part, type PartContext, row, runDesigns } from './part.ts';
import { digits, factorText, median } from './statistics.ts';

/** Exact level 1 against level 1 by sampling. */
export const mapperPart: Part = {
  title: 'Level 1: exact mapper against CMA-ES with some hundreds of mappings per layer',
  about:
    'The paper samples mappings by CMA-ES (its number per layer is not printed). Gains over the baseline with optimal mappings; "mapped exactly" is the accelerator that the search chose, with optimal mappings: what is lost there was lost by choosing among noisy candidates.',
  async run(context) {
    const workload = context.workload ?? 'resnet50';
    const budget = context.budget ?? (context.quick ? 'nvdla-1024' : 'eyeriss');
    const mappers = [
      { mapper: 'exact', mapperEvaluations: 0 },
      { mapper: 'cmaes', mapperEvaluations: context.mapperEvaluations },
      { mapper: 'cmaes', mapperEvaluations: 4 * context.mapperEvaluations },
    ] as const;
    const rows = await Promise.all(
      (context.quick ? mappers.slice(0, 2) : mappers).map(async (mapper) => {
        const designs = await runDesigns(
          context.lanes,
          context.seeds.map((seed) => designJob(context, { workloads: [workload], budget, seed, ...mapper })),
        );
        const exact = mapper.mapper === 'exact' ? designs : await mappedExactly(context, designs);
        return { mapper, designs, exact };
      }),
    );
    const best = rows[0]!.exact.map((design) => edpGain(design, 'optimal'));
    return {
      lines: [
        `${workload} within ${budget}`,
        '',
        ...head(
          1,
          'mapper',
          'mappings per layer',
          'EDP gain as searched',
          'same design mapped exactly',
          'exact search ends better by',
          'processor s per candidate',
          'mappings scored per candidate',
        ),
        ...rows.map(({ mapper, designs, exact }) => {
          const gains = exact.map((design) => edpGain(design, 'optimal'));
          const scored = designs.map(({ result }) => result.counters.mappingsEvaluated / candidatesOf(result.counters));
          const seconds = designs.map(({ record, result }) => record.cpuSeconds / candidatesOf(result.counters));
          return row(
            mapper.mapper,
            mapper.mapper === 'exact' ? 'proven' : mapper.mapperEvaluations,
            factorText(designs.map((design) => edpGain(design, 'optimal'))),
            factorText(gains),
            mapper.mapper === 'exact' ? '1' : factorText(best.map((gain, i) => gain / gains[i]!)),
            digits(median(seconds)),
            digits(median(scored)),
          );
        }),
      ],
    };
  },
};

/** The same designs with the figures of optimal mappings. */
async function mappedExactly(context: PartContext, designs: readonly ComparedDesign[]): Promise<ComparedDesign[]> {
  return Promise.all(
    designs.map(async (design) => {
      const { record, result } = design;
      const { specification } = result.best;
      const jobs = record.job.workloads.map(
        (workload): EvaluateJob => ({
          kind: 'evaluate',
          workload,
          technology: record.job.technology ?? specification.technology,
          factors: record.job.factors,
          specification,
        }),
      );
      const networks = (await context.lanes.run(jobs)).map((evaluated) => evaluated.result.figures);
      return { ...design, result: { ...result, best: { ...result.best, networks } } };
    }),
  );
}

function candidatesOf({ scored, stopped, unmappable }: ComparedDesign['result']['counters']): number {
  return scored + stopped + unmappable;
}
