import type { NetworkFigures } from '../../src/search/ports.ts';
import type { BaselineResult, DesignJob, DesignResult } from './job.ts';
import type { Lanes } from './lanes.ts';
import { geometricMean } from './statistics.ts';
import type { JobRecord } from './store.ts';

/** What a part is run with. */
export interface PartContext {
  readonly lanes: Lanes;
  readonly seeds: readonly number[];
  /** Candidates of every search; null: the part's own default. */
  readonly candidates: number | null;
  /** Candidates per generation; null: the application's default. */
  readonly population: number | null;
  /** Problem dims that an array axis carries at most; null: the application's default. */
  readonly dimsPerAxis: number | null;
  readonly factors: 'perfect' | 'imperfect';
  /** Smallest settings: less of everything, no claim. */
  readonly quick: boolean;
  /** One design per network instead of one per set of networks. */
  readonly separate: boolean;
  /** Mappings per layer of the sampled mapper. */
  readonly mapperEvaluations: number;
  /** Searches of part g; null: all. */
  readonly strategies: readonly string[] | null;
  /** Network and budget of the parts that have one setting only; null: the part's own. */
  readonly workload: string | null;
  readonly budget: string | null;
}

/** What a part gives: lines to print and, where it has series, rows of CSV with a header. */
export interface PartOutput {
  readonly lines: readonly string[];
  readonly csv?: readonly string[];
}

/** A published result and how it is measured here. */
export interface Part {
  readonly title: string;
  /** What is compared, in a line or two. */
  readonly about: string;
  readonly run: (context: PartContext) => Promise<PartOutput>;
}

/** Candidates of a search unless stated otherwise; with them all parts take about as long as a user waits for. */
const CANDIDATES = 128;
/** The same where a candidate costs several times as much: three networks, or no pruning. */
export const FEW_CANDIDATES = 64;
/** The same with `--quick`. */
const QUICK_CANDIDATES = 40;

/** A search with the settings that most parts share. */
export function designJob(
  context: PartContext,
  parts: Pick<DesignJob, 'workloads' | 'budget' | 'seed'> & Partial<DesignJob>,
  candidates = CANDIDATES,
): DesignJob {
  return {
    kind: 'design',
    technology: null,
    strategy: 'naas',
    candidates: context.candidates ?? (context.quick ? QUICK_CANDIDATES : candidates),
    population: context.population,
    dimsPerAxis: context.dimsPerAxis,
    explorations: null,
    mapper: 'exact',
    mapperEvaluations: 0,
    factors: context.factors,
    prune: true,
    ...parts,
  };
}

/** A finished search with the baselines of its networks. */
export interface ComparedDesign {
  readonly record: JobRecord<'design'>;
  readonly result: DesignResult;
  /** Per network. */
  readonly baselines: readonly BaselineResult[];
}

/** Runs searches; one answer per job, in order. */
export async function runDesigns(lanes: Lanes, jobs: readonly DesignJob[]): Promise<ComparedDesign[]> {
  const records = await lanes.run(jobs);
  return Promise.all(
    records.map(async (record) => {
      const { workloads, budget, technology, factors } = record.job;
      const baselines = await lanes.run(
        workloads.map((workload) => ({ kind: 'baseline' as const, workload, budget, technology, factors })),
      );
      return { record, result: record.result, baselines: baselines.map((baseline) => baseline.result) };
    }),
  );
}

/** Which of the baselines. */
export type Against = 'published' | 'optimal';

/** Factors above 1 = better than the baseline. */
export interface Gains {
  readonly speedup: number;
  readonly energySaving: number;
  readonly edp: number;
}

/** Gains per network of figures over a baseline. */
export function networkGains(
  figures: readonly NetworkFigures[],
  baselines: readonly BaselineResult[],
  against: Against,
): Gains[] {
  return figures.map((figure, n) => {
    const base = baselines[n]![against].networks[0]!;
    return {
      speedup: base.cycles / figure.cycles,
      energySaving: base.energyPj / figure.energyPj,
      edp: base.edpPjCycles / figure.edpPjCycles,
    };
  });
}

/** Geometric means of gains. */
export function meanGains(gains: readonly Gains[]): Gains {
  const over = (key: keyof Gains) => geometricMean(gains.map((gain) => gain[key]));
  return { speedup: over('speedup'), energySaving: over('energySaving'), edp: over('edp') };
}

/** EDP gain of a search over a baseline: geometric mean over its networks. */
export function edpGain({ result, baselines }: ComparedDesign, against: Against): number {
  return meanGains(networkGains(result.best.networks, baselines, against)).edp;
}

/** A row of a Markdown table. */
export function row(...cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Head of a Markdown table: the first `texts` columns to the left, the others to the right. */
export function head(texts: number, ...titles: readonly string[]): string[] {
  return [row(...titles), `|${titles.map((_, i) => (i < texts ? '---' : '---:')).join('|')}|`];
}
