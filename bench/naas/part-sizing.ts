import { FIGURE_8 } from './paper.ts';
import { designJob, edpGain, head, type Part, row, runDesigns } from './part.ts';
import { factorText } from './statistics.ts';

/** Figure 8: sizing alone against the full search. */
export const sizingPart: Part = {
  title: 'Fig. 8: EDP reduction by sizing only and by the full search',
  about:
    'Sizing only keeps the array dimensions and parallel dims of the baseline. Same candidates and seeds; the ratio pairs equal seeds.',
  async run(context) {
    const settings = context.quick ? FIGURE_8.filter(({ workload }) => workload === 'vgg16') : FIGURE_8;
    const lines = head(
      2,
      'budget',
      'network',
      'paper sizing',
      'vs published',
      'vs optimal',
      'paper full',
      'vs published',
      'vs optimal',
      'paper full / sizing',
      'ours',
    );
    const rows = settings.map(async ({ budget, workload, sizing, full, ratio }) => {
      const search = (strategy: 'sizing' | 'naas') =>
        runDesigns(
          context.lanes,
          context.seeds.map((seed) => designJob(context, { workloads: [workload], budget, strategy, seed })),
        );
      const [sized, searched] = await Promise.all([search('sizing'), search('naas')]);
      const cells = (designs: typeof sized) =>
        (['published', 'optimal'] as const).map((against) =>
          factorText(designs.map((design) => edpGain(design, against))),
        );
      const ratios = searched.map((design, i) => edpGain(design, 'optimal') / edpGain(sized[i]!, 'optimal'));
      return row(
        budget,
        workload,
        `${sizing}x`,
        ...cells(sized),
        `${full}x`,
        ...cells(searched),
        `${ratio}x`,
        factorText(ratios),
      );
    });
    return { lines: [...lines, ...(await Promise.all(rows))] };
  },
};
