import type { StrategyName } from '../../src/search/accelerator/strategy-names.ts';
import { FIGURE_9 } from './paper.ts';
import { designJob, edpGain, head, type Part, type PartContext, row, runDesigns } from './part.ts';
import { digits, factorText, median } from './statistics.ts';

interface Setting {
  readonly workload: string;
  readonly budget: string;
}

/** A way to search: how accelerators are proposed and how layers are mapped. */
interface Search {
  readonly strategy: StrategyName;
  readonly mapper: 'exact' | 'cmaes' | 'cmaes-index';
  /** Where it is not the context's. */
  readonly dimsPerAxis?: number;
  /** 0: one run of CMA-ES, as published; the application's default otherwise. */
  readonly explorations?: 0;
}

/** EDP gains of several searches on one setting, equal candidates and seeds; the first is compared with each. */
async function compareSearches(
  context: PartContext,
  { workload, budget }: Setting,
  searches: readonly Search[],
): Promise<string[]> {
  const found = await Promise.all(
    searches.map(({ strategy, mapper, dimsPerAxis = context.dimsPerAxis, explorations = null }) => {
      const mapperEvaluations = mapper === 'exact' ? 0 : context.mapperEvaluations;
      const search = { workloads: [workload], budget, strategy, mapper, mapperEvaluations, dimsPerAxis, explorations };
      return runDesigns(
        context.lanes,
        context.seeds.map((seed) => designJob(context, { ...search, seed })),
      );
    }),
  );
  const gains = (designs: (typeof found)[number], against: 'published' | 'optimal') =>
    designs.map((design) => edpGain(design, against));
  const first = gains(found[0]!, 'optimal');
  return searches.map((search, s) => {
    const optimal = gains(found[s]!, 'optimal');
    const wins = first.filter((gain, i) => gain > optimal[i]!).length;
    return row(
      workload,
      budget,
      nameOf(search),
      search.mapper,
      factorText(gains(found[s]!, 'published')),
      factorText(optimal),
      s === 0 ? '1' : factorText(first.map((gain, i) => gain / optimal[i]!)),
      s === 0 ? '-' : `${wins} of ${first.length}`,
      digits(median(found[s]!.map(({ record }) => record.cpuSeconds))),
    );
  });
}

/** Without commas, since `--strategies` lists names. */
function nameOf({ strategy, dimsPerAxis, explorations }: Search): string {
  const single = explorations === undefined ? '' : ' (one run)';
  return dimsPerAxis === undefined ? `${strategy}${single}` : `${strategy} (${dimsPerAxis} dim per axis)`;
}

const HEAD = [
  'network',
  'budget',
  'search',
  'mapper',
  'EDP gain vs published',
  'vs optimal',
  'first row better by',
  'seeds it wins',
  'CPU s',
] as const;

/** Figure 9: importance against index encoding. */
export const encodingPart: Part = {
  title: 'Fig. 9: importance against index encoding',
  about: `Paper: EDP reduction ${FIGURE_9.index}x with index encoding, ${FIGURE_9.importance}x with importance encoding, of accelerator and mapping; the setting is not printed (read as VGG16 within Edge TPU). First with the exact mapper, where only the encoding of the accelerator differs; then with CMA-ES as mapper and both vectors encoded alike, as in the paper.`,
  async run(context) {
    const settings: Setting[] =
      context.workload === null && context.budget === null
        ? [
            { workload: 'vgg16', budget: 'edge-tpu' },
            ...(context.quick ? [] : [{ workload: 'resnet50', budget: 'nvdla-1024' }]),
          ]
        : [{ workload: context.workload ?? 'vgg16', budget: context.budget ?? 'edge-tpu' }];
    const exact: Search[] = [
      { strategy: 'naas', mapper: 'exact', explorations: 0 },
      { strategy: 'naas-index', mapper: 'exact', explorations: 0 },
    ];
    const sampled: Search[] = [
      { strategy: 'naas', mapper: 'cmaes', explorations: 0 },
      { strategy: 'naas-index', mapper: 'cmaes-index', explorations: 0 },
    ];
    const rows = await Promise.all(
      settings.flatMap((setting) => [exact, sampled].map((searches) => compareSearches(context, setting, searches))),
    );
    return { lines: [...head(4, ...HEAD), ...rows.flat()] };
  },
};

/** All strategies on one setting. */
export const strategiesPart: Part = {
  title: 'All searches at equal candidates',
  about:
    'Not in the paper in this form: full search, the same as one run of CMA-ES, with one dim per array axis (as published), index encoding, sizing only, evolution and random search.',
  async run(context) {
    const setting = {
      workload: context.workload ?? 'resnet50',
      budget: context.budget ?? (context.quick ? 'nvdla-1024' : 'eyeriss'),
    };
    const strategies: StrategyName[] = ['naas', 'naas-index', 'sizing', 'evolution', 'random'];
    const searches: Search[] = strategies.map((strategy) => ({ strategy, mapper: 'exact' }));
    searches.splice(1, 0, { strategy: 'naas', mapper: 'exact', explorations: 0 });
    searches.splice(2, 0, { strategy: 'naas', mapper: 'exact', dimsPerAxis: 1 });
    const known = searches.map(nameOf);
    const unknown = context.strategies?.find((name) => !known.includes(name));
    if (unknown !== undefined) throw new Error(`no search ${unknown}; known are ${known.join(', ')}`);
    const wanted = searches.filter((search) => context.strategies?.includes(nameOf(search)) ?? true);
    const rows = await compareSearches(context, setting, wanted);
    return { lines: [...head(4, ...HEAD), ...rows] };
  },
};
