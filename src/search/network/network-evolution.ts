import type { AcceleratorSpecification } from '../../accelerator/specification.ts';
import { Random } from '../../util/random.ts';
import type { RememberedOutcome } from '../accelerator/layer-memo.ts';
import type { EvaluationCounters } from '../ports.ts';
import type { ClimbingSampler } from './climbing-sampler.ts';
import type { CosearchContext } from './cosearch-context.ts';
import { parentCount, type SampleRequest, sampleAccepted, sampleChild } from './ofa-evolution.ts';
import { type AcceptedNetwork, edpOf, type RatedNetwork, rankNetworks } from './rated-networks.ts';
import { addWork, type KeepRule, NO_WORK, type ScoreItem } from './score-networks.ts';
import type { Genotype } from './spaces/genes.ts';

/** An accelerator whose networks are searched. */
export interface EvolutionTask {
  readonly trial: number;
  readonly specification: AcceleratorSpecification;
  /** EDP in pJ * cycles beyond which a network is of no interest; null = none. */
  readonly cutoffPjCycles: number | null;
  /** Figures of its layers that are known; those of this search are added. */
  readonly known: Map<string, RememberedOutcome>;
}

/** Outcome of a {@link searchNetworks}. */
export interface EvolvedNetworks {
  readonly trial: number;
  /** All networks that were rated, in order. */
  readonly rated: readonly RatedNetwork[];
  readonly counters: EvaluationCounters;
}

/** How a {@link searchNetworks} is followed. */
export interface EvolutionCourse {
  /** Told before each iteration what share of them is done. */
  readonly onIteration?: (share: number) => void;
  /** When the signal of the context ends the work, what was rated before is the answer; otherwise the error passes through. */
  readonly isAnytime?: boolean;
}

interface Course {
  readonly task: EvolutionTask;
  readonly random: Random;
  readonly taken: Set<string>;
  parents: readonly RatedNetwork[];
  rated: RatedNetwork[];
  counters: EvaluationCounters;
}

/**
 * The network search of NAAS: for every accelerator an evolution over networks above the accuracy floor, all in step, so that the
 * scorer has work for all its threads. Equal networks are rated once per accelerator; randomness comes from the trial's number.
 * @param seeds networks to start from, best first; they fill at most half of the first population
 * @param sampler samples the others, and observes all
 * @param course how the work is followed
 */
export async function searchNetworks(
  context: CosearchContext,
  tasks: readonly EvolutionTask[],
  seeds: readonly Genotype[],
  sampler: ClimbingSampler,
  { onIteration = () => {}, isAnytime = false }: EvolutionCourse = {},
): Promise<readonly EvolvedNetworks[]> {
  const courses = tasks.map(
    (task): Course => ({
      task,
      random: Random.forIndex(context.seed, task.trial),
      taken: new Set(),
      parents: [],
      rated: [],
      counters: NO_WORK,
    }),
  );
  for (let iteration = 0; iteration < context.evolution.iterations; iteration++) {
    onIteration(iteration / context.evolution.iterations);
    const step = await stepUnlessEnded(context, isAnytime, async () => {
      const work: { course: Course; networks: readonly AcceptedNetwork[] }[] = [];
      for (const course of courses) {
        const networks = await nextNetworks(context, course, iteration, seeds, sampler);
        if (networks.length > 0) work.push({ course, networks });
      }
      const items = work.map(({ course, networks }) => itemOf(context, course.task, course.parents, networks));
      return { work, answers: items.length === 0 ? [] : await context.scorer.score(items, context.signal) };
    });
    if (step === null || step.work.length === 0) break;
    step.work.forEach(({ course, networks }, i) => {
      const answer = step.answers[i]!;
      for (const [key, outcome] of answer.learned) course.task.known.set(key, outcome);
      course.counters = addWork(course.counters, answer.counters);
      const rated = networks.map((network, n) => ({ ...network, outcome: answer.networks[n]! }));
      course.rated.push(...rated);
      const ranked = rankNetworks([...course.parents, ...rated], context.aim);
      course.parents = ranked.slice(0, parentCount(context.evolution));
    });
  }
  return courses.map(({ task, rated, counters }) => ({ trial: task.trial, rated, counters }));
}

/** Null when the work was ended and what is known counts. */
async function stepUnlessEnded<Step>(
  { signal }: CosearchContext,
  isAnytime: boolean,
  step: () => Promise<Step>,
): Promise<Step | null> {
  try {
    return await step();
  } catch (error) {
    if (isAnytime && signal?.aborted === true) return null;
    throw error;
  }
}

/** An item for the scorer: only what can become a parent is worth mapping. */
export function itemOf(
  context: CosearchContext,
  { trial, specification, cutoffPjCycles, known }: EvolutionTask,
  rivals: readonly RatedNetwork[],
  networks: readonly AcceptedNetwork[],
): ScoreItem {
  const scored = rivals.filter(({ outcome }) => outcome.kind === 'scored');
  const keep: KeepRule =
    context.aim === 'best'
      ? { kind: 'best', count: parentCount(context.evolution), edps: scored.map(edpOf) }
      : { kind: 'front', points: scored.map((one) => [one.accuracy.top1Percent, edpOf(one)] as const) };
  return {
    trial,
    specification,
    networks: networks.map(({ genotype, accuracy }) => ({ genotype, top1Percent: accuracy.top1Percent })),
    keep,
    cutoffPjCycles,
    known: [...known],
  };
}

async function nextNetworks(
  context: CosearchContext,
  { random, taken, parents }: Course,
  iteration: number,
  seeds: readonly Genotype[],
  sampler: ClimbingSampler,
): Promise<AcceptedNetwork[]> {
  const { space, accuracy, evolution, attemptsPerNetwork, signal } = context;
  const wanted = (count: number, sample: () => Genotype): SampleRequest<{ readonly genotype: Genotype }> => ({
    count,
    attempts: attemptsPerNetwork * count,
    taken,
    keyOf: ({ genotype }) => space.key(genotype),
    sampler,
    signal,
    sample: () => ({ genotype: sample() }),
  });
  if (iteration > 0 && parents.length > 0) {
    const genotypes = parents.map(({ genotype }) => genotype);
    const count = evolution.population - parents.length;
    return sampleAccepted(
      accuracy,
      wanted(count, () => sampleChild(space, genotypes, evolution, random)),
    );
  }
  const first = seeds.slice(0, Math.floor(evolution.population / 2));
  let next = 0;
  const again = { ...wanted(first.length, () => first[next++]!), attempts: first.length };
  const seeded = first.length === 0 ? [] : await sampleAccepted(accuracy, again);
  const rest = evolution.population - seeded.length;
  const mutant = () => space.mutate(first[random.nextInt(first.length)]!, random, evolution.rates);
  const mutants = seeded.length === 0 ? [] : await sampleAccepted(accuracy, wanted(Math.ceil(rest / 2), mutant));
  const missing = rest - mutants.length;
  const sampled =
    missing <= 0
      ? []
      : await sampleAccepted(
          accuracy,
          wanted(missing, () => sampler.sample(random)),
        );
  return [...seeded, ...mutants, ...sampled];
}
