import { FIGURE_5 } from './paper.ts';
import {
  type Against,
  type ComparedDesign,
  designJob,
  FEW_CANDIDATES,
  type Gains,
  head,
  meanGains,
  networkGains,
  type Part,
  type PartContext,
  row,
  runDesigns,
} from './part.ts';
import { factorText } from './statistics.ts';

/** Figure 5: speedup and energy saving within five budgets. */
export const budgetsPart: Part = {
  title: 'Fig. 5: speedup and energy saving within five budgets',
  about:
    'One accelerator per budget for its three networks (--separate: one per network), against the budget’s own accelerator with its published dataflow and with optimal mappings.',
  async run(context) {
    const settings = context.quick
      ? FIGURE_5.filter(({ budget }) => budget === 'edge-tpu' || budget === 'nvdla-256')
      : FIGURE_5;
    const found = await Promise.all(
      settings.map(async (setting) => ({ setting, gains: await gainsWithin(context, setting) })),
    );
    const lines = head(
      1,
      'budget (geometric mean over networks)',
      'paper speedup',
      'vs published dataflow',
      'vs optimal mapping',
      'paper energy',
      'vs published dataflow',
      'vs optimal mapping',
      'paper EDP',
      'vs published dataflow',
      'vs optimal mapping',
    );
    for (const { setting, gains } of found) {
      const cells = (key: keyof Gains) => AGAINST.map((against) => meanText(gains, against, key));
      lines.push(
        row(
          setting.budget,
          `${setting.speedup}x`,
          ...cells('speedup'),
          `${setting.energySaving}x`,
          ...cells('energySaving'),
          `${(setting.speedup * setting.energySaving).toFixed(1)}x`,
          ...cells('edp'),
        ),
      );
    }
    lines.push(
      '',
      ...head(
        2,
        'budget',
        'network',
        'speedup vs published',
        'vs optimal',
        'energy vs published',
        'vs optimal',
        'EDP vs published',
        'vs optimal',
      ),
    );
    for (const { setting, gains } of found)
      setting.workloads.forEach((workload, n) => {
        const cells = (key: keyof Gains) =>
          AGAINST.map((against) => factorText(gains[against].map((networks) => networks[n]![key])));
        lines.push(row(setting.budget, workload, ...cells('speedup'), ...cells('energySaving'), ...cells('edp')));
      });
    return { lines };
  },
};

const AGAINST = ['published', 'optimal'] as const;

/** Per baseline and seed the gains of the networks. */
type SeedGains = Readonly<Record<Against, readonly (readonly Gains[])[]>>;

async function gainsWithin(context: PartContext, setting: (typeof FIGURE_5)[number]): Promise<SeedGains> {
  const { workloads, budget } = setting;
  const sets: readonly (readonly string[])[] = context.separate ? workloads.map((workload) => [workload]) : [workloads];
  const perSeed = await Promise.all(
    context.seeds.map((seed) =>
      runDesigns(
        context.lanes,
        sets.map((set) => designJob(context, { workloads: set, budget, seed }, FEW_CANDIDATES)),
      ),
    ),
  );
  const gains = (designs: readonly ComparedDesign[], against: Against) =>
    designs.flatMap(({ result, baselines }) => networkGains(result.best.networks, baselines, against));
  return {
    published: perSeed.map((designs) => gains(designs, 'published')),
    optimal: perSeed.map((designs) => gains(designs, 'optimal')),
  };
}

function meanText(gains: SeedGains, against: Against, key: keyof Gains): string {
  return factorText(gains[against].map((networks) => meanGains(networks)[key]));
}
