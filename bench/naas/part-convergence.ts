import type { DesignResult } from './job.ts';
import { designJob, FEW_CANDIDATES, head, type Part, row, runDesigns } from './part.ts';
import { digits, mean, median } from './statistics.ts';

const STRATEGIES = ['naas', 'random'] as const;

/** Figure 4: the population's mean falls, random search's does not. */
export const convergencePart: Part = {
  title: 'Fig. 4: EDP of the population per iteration, CMA-ES against random search',
  about:
    'Paper (no figures printed): the mean of the population falls with the iterations, random search stays high. EDP / EDP of the baseline with optimal mappings; CMA-ES runs once, from the design of the baseline; every candidate mapped in full (no pruning), median over the seeds.',
  async run(context) {
    const workload = context.workload ?? 'resnet50';
    const budget = context.budget ?? 'nvdla-1024';
    const found = await Promise.all(
      STRATEGIES.map((strategy) =>
        runDesigns(
          context.lanes,
          context.seeds.map((seed) =>
            designJob(
              context,
              { workloads: [workload], budget, strategy, explorations: 0, prune: false, seed },
              FEW_CANDIDATES,
            ),
          ),
        ),
      ),
    );
    const series = found.flatMap((designs) => {
      const results = designs.map((design) => design.result);
      return [bestSeries(results), meanSeries(results), medianSeries(results)];
    });
    const titles = STRATEGIES.flatMap((strategy) => [
      `${strategy} best`,
      `${strategy} population mean`,
      `${strategy} population median`,
    ]);
    const iterations = series[0]!.map((_, i) => i + 1);
    const table = iterations.map((iteration, i) => row(iteration, ...series.map((values) => digits(values[i]!))));
    return {
      lines: [
        `${workload} within ${budget}`,
        '',
        ...head(0, 'iteration', ...titles),
        ...table,
        '',
        ...chart([
          { mark: 'R', values: series[4]! },
          { mark: 'N', values: series[1]! },
          { mark: 'r', values: series[3]! },
          { mark: 'n', values: series[0]! },
        ]),
        'N, R: population mean of naas and random; n, r: best so far',
      ],
      csv: [
        `iteration,${titles.map((title) => title.replaceAll(' ', '_')).join(',')}`,
        ...iterations.map((iteration, i) => [iteration, ...series.map((values) => values[i])].join(',')),
      ],
    };
  },
};

/** Per iteration the median over the seeds of a figure of the generation. */
function perIteration(results: readonly DesignResult[], figure: (result: DesignResult, i: number) => number): number[] {
  const count = Math.min(...results.map((result) => result.generations.length));
  return Array.from({ length: count }, (_, i) => median(results.map((result) => figure(result, i))));
}

function bestSeries(results: readonly DesignResult[]): number[] {
  return perIteration(results, ({ generations }, i) => generations[i]!.best ?? Number.NaN);
}

function meanSeries(results: readonly DesignResult[]): number[] {
  return perIteration(results, ({ generations }, i) => mean(generations[i]!.scores));
}

function medianSeries(results: readonly DesignResult[]): number[] {
  return perIteration(results, ({ generations }, i) => median(generations[i]!.scores));
}

const CHART_ROWS = 14;
const COLUMN = 3;

/** A chart of text, logarithmic; where marks meet, the later series hides the earlier. */
function chart(series: readonly { readonly mark: string; readonly values: readonly number[] }[]): string[] {
  const logs = series.map(({ values }) => values.map(Math.log10));
  const finite = logs.flat().filter(Number.isFinite);
  const low = Math.min(...finite);
  const high = Math.max(...finite, low + 1e-9);
  const columns = Math.max(...series.map(({ values }) => values.length));
  const grid = Array.from({ length: CHART_ROWS }, () => new Array<string>(columns).fill(' '));
  series.forEach(({ mark }, s) => {
    logs[s]!.forEach((log, x) => {
      if (!Number.isFinite(log)) return;
      const y = Math.round(((high - log) / (high - low)) * (CHART_ROWS - 1));
      grid[y]![x] = mark;
    });
  });
  return grid.map((line, y) => {
    const value = 10 ** (high - (y / (CHART_ROWS - 1)) * (high - low));
    const label = y % 3 === 0 || y === CHART_ROWS - 1 ? digits(value) : '';
    return `${label.padStart(8)} |${line.map((mark) => mark.padStart(COLUMN)).join('')}`;
  });
}
