/** How close searches that see a share of the networks of a space come to the true optimum and front. */

import type { AcceleratorSpecification } from '../src/accelerator/specification.ts';
import { accuracyCosts, buildOptions, type ScoredSpace } from '../src/app/exhaustive/score.ts';
import { Evolution } from '../src/optimizers/evolution.ts';
import { readRequest } from '../src/options/command.ts';
import { COSEARCH } from '../src/options/cosearch.ts';
import type { AccuracyEvaluator } from '../src/search/network/accuracy/accuracy-evaluator.ts';
import { AccuracyMemo } from '../src/search/network/accuracy/accuracy-memo.ts';
import type { CosearchContext } from '../src/search/network/cosearch-context.ts';
import { type AccuracyCosts, cheapestAbove, hypervolume, nadir } from '../src/search/network/network-front.ts';
import { PopulationSearch } from '../src/search/network/population-search.ts';
import type { Aim } from '../src/search/network/rated-networks.ts';
import { type NetworkScorer, NO_WORK } from '../src/search/network/score-networks.ts';
import type { Genotype } from '../src/search/network/spaces/genes.ts';
import { Random } from '../src/util/random.ts';

/** Networks in the order in which a search asked for their accuracy; each once. */
type Course = readonly number[];

/** What a search may ask of a space that is scored already. */
export interface KnownSpace {
  readonly scored: ScoredSpace;
  readonly accuracy: AccuracyEvaluator;
  readonly specification: AcceleratorSpecification;
  readonly places: ReadonlyMap<string, number>;
}

/** Looks networks up by their keys. */
export function knownSpace(
  scored: ScoredSpace,
  accuracy: AccuracyEvaluator,
  specification: AcceleratorSpecification,
): KnownSpace {
  const { space, table } = scored;
  return {
    scored,
    accuracy,
    specification,
    places: new Map(table.genotypes.map((genotype, place) => [space.key(genotype), place])),
  };
}

/** Generations without a new network before a search counts as stuck. */
const STUCK_GENERATIONS = 50;

interface Evolved {
  readonly course: Course;
  /** Networks asked about when nothing new came any more; null when it went on. */
  readonly stuckAt: number | null;
}

async function evolve(
  known: KnownSpace,
  aim: Aim,
  floorPercent: number | null,
  count: number,
  seed: number,
): Promise<Evolved> {
  const { scored, accuracy: evaluator, specification, places } = known;
  const { costs, accelerator } = scored;
  const { space } = scored;
  const place = (genotype: Genotype) => places.get(space.key(genotype))!;
  const asked = new Set<number>();
  const accuracy = new AccuracyMemo({
    space,
    floorPercent,
    concurrency: 1,
    evaluator: {
      ...evaluator,
      evaluate: (genotype) => {
        asked.add(place(genotype));
        return evaluator.evaluate(genotype);
      },
    },
  });
  const scorer: NetworkScorer = {
    score: async (items) =>
      items.map(({ trial, networks }) => ({
        trial,
        networks: networks.map(({ genotype }) => {
          const n = place(genotype);
          return {
            kind: 'scored' as const,
            energyPj: costs.energyPj[n]!,
            cycles: costs.cycles[n]!,
            edpPjCycles: costs.edpPjCycles[n]!,
          };
        }),
        learned: [],
        counters: NO_WORK,
      })),
  };
  const networks = accuracyCosts(scored, 'edp');
  const corner = nadir(networks)!;
  const context: CosearchContext = {
    space,
    wordBits: buildOptions(1).wordBits,
    accuracy,
    scorer,
    evolution: readRequest(COSEARCH.request, {}).evolution,
    aim,
    baselineEdp: corner.cost,
    corner,
    topPercent: Math.max(...scored.searchPercent),
    attemptsPerNetwork: 60,
    seed,
  };
  const search = PopulationSearch.create(context, {
    source: { kind: 'fixed', specification, accelerator },
    generations: Number.MAX_SAFE_INTEGER,
  });
  let idle = 0;
  while (asked.size < count && !search.isDone && idle < STUCK_GENERATIONS) {
    const before = asked.size;
    await search.nextGeneration();
    idle = asked.size === before ? idle + 1 : 0;
  }
  return { course: [...asked].slice(0, count), stuckAt: asked.size < count ? asked.size : null };
}

/** A genetic algorithm that learns from networks below the floor too: by how much they miss it. */
function evolveByViolation(known: KnownSpace, floorPercent: number, count: number, seed: number): Course {
  const { scored, places } = known;
  const { space, searchPercent, costs } = scored;
  const evolution = Evolution.create(space.dimensions, { seed });
  const asked = new Set<number>();
  for (let idle = 0; asked.size < count && idle < STUCK_GENERATIONS; ) {
    const [candidate] = evolution.ask(1);
    if (candidate === undefined) break;
    const n = places.get(space.key(candidate.point.map(Number)))!;
    idle = asked.has(n) ? idle + 1 : 0;
    asked.add(n);
    const violation = Math.max(0, floorPercent - searchPercent[n]!);
    evolution.tell([{ candidate, value: costs.edpPjCycles[n]!, violation }]);
  }
  return [...asked];
}

/** Distinct networks in random order. */
function drawRandomly({ scored, places }: KnownSpace, count: number, seed: number): Course {
  const random = Random.fromSeed(seed);
  const drawn = new Set<number>();
  while (drawn.size < count) drawn.add(places.get(scored.space.key(scored.space.sample(random)))!);
  return [...drawn];
}

function seen({ accuracy, cost }: AccuracyCosts, course: Course): AccuracyCosts {
  return { accuracy: course.map((n) => accuracy[n]!), cost: course.map((n) => cost[n]!) };
}

/** The middle value; of an even number the upper one, so that nothing is averaged with a search that found nothing. */
function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** Shares of a space that searches may ask about. */
const SHARES = [0.01, 0.05, 0.1] as const;

/** Prints, per floor and for the front, medians over the seeds at 1, 5 and 10 % of the networks. */
export async function printSearchGap(
  known: KnownSpace,
  floors: readonly number[],
  seeds: readonly number[],
): Promise<void> {
  const networks = accuracyCosts(known.scored, 'edp');
  const size = networks.cost.length;
  const counts = SHARES.map((share) => Math.round(share * size));
  const most = counts[counts.length - 1]!;
  console.log(
    `| goal, ${seeds.length} seeds | search | ${SHARES.map((share, i) => `${100 * share} % (${counts[i]})`).join(' | ')} | optimum met at 10 % | stuck |`,
  );
  console.log('|---|---|---:|---:|---:|---:|---:|');
  const report = async (
    goal: string,
    aim: Aim,
    floor: number | null,
    figure: (course: Course) => number,
    best: number,
    text: (value: number) => string,
  ): Promise<void> => {
    for (const name of ['co-search', 'evolution by violation', 'random'] as const) {
      if (floor === null && name !== 'co-search' && name !== 'random') continue;
      const courses: Course[] = [];
      let stuck = 0;
      for (const seed of seeds) {
        if (name === 'random') courses.push(drawRandomly(known, most, seed));
        else if (name === 'evolution by violation' && floor !== null)
          courses.push(evolveByViolation(known, floor, most, seed));
        else {
          const { course, stuckAt } = await evolve(known, aim, floor, most, seed);
          courses.push(course);
          if (stuckAt !== null) stuck++;
        }
      }
      const cells = counts.map((count) => text(median(courses.map((course) => figure(course.slice(0, count))))));
      const hits = courses.filter((course) => Math.abs(figure(course) / best - 1) < 1e-12).length;
      console.log(`| ${goal} | ${name} | ${cells.join(' | ')} | ${hits} of ${seeds.length} | ${stuck} |`);
    }
  };
  for (const floor of floors) {
    const best = cheapestAbove(networks, floor);
    if (best === null) throw new Error(`no network reaches ${floor} %`);
    const optimum = networks.cost[best]!;
    const gap = (course: Course): number => {
      const part = seen(networks, course);
      const found = cheapestAbove(part, floor);
      return found === null ? Number.POSITIVE_INFINITY : part.cost[found]! / optimum;
    };
    const text = (value: number) => (Number.isFinite(value) ? `${value.toFixed(3)} x` : 'none found');
    const above = known.scored.searchPercent.filter((percent) => percent >= floor).length;
    await report(`EDP / optimum above ${floor} % (${above} networks)`, 'best', floor, gap, 1, text);
  }
  const corner = nadir(networks)!;
  const whole = hypervolume(networks, corner);
  const ratio = (course: Course): number => hypervolume(seen(networks, course), corner) / whole;
  await report('hypervolume / true front', 'front', null, ratio, 1, (value) => value.toFixed(4));
}
