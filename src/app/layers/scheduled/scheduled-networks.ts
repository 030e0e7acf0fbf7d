import type { Accelerator } from '../../../accelerator/accelerator.ts';
import { buildAccelerator } from '../../../accelerator/build.ts';
import type { Technology } from '../../../accelerator/technology.ts';
import type { NetworkPool } from '../../../parallel/network-task.ts';
import { isUnfit, retentionOf } from '../../../schedule/retention.ts';
import type { MapperSettings } from '../../../search/mapping/map-layer.ts';
import {
  addWork,
  NO_WORK,
  openContest,
  type ScoreAnswer,
  type ScoredNetwork,
  type ScoreItem,
} from '../../../search/network/score-networks.ts';
import type { Genotype } from '../../../search/network/spaces/genes.ts';
import type { NetworkSpace } from '../../../search/network/spaces/network-space.ts';
import { StepLabels } from '../../../search/schedule/step-labels.ts';
import { edpOf } from '../../../util/network-totals.ts';
import type { WordBits } from '../../../workload/network.ts';
import { openWorkSource, type WorkSourceOptions } from '../work-source.ts';
import {
  onAccelerator,
  type ScheduledNetwork,
  type ScheduledScore,
  scheduledNetwork,
  scheduledScoreSteps,
} from './scheduled-score.ts';
import { eachOf, sourcedSteps, stepCounters } from './sourced-steps.ts';

/** Setting that the networks of a space are scored in by their schedules. */
export interface ScheduledNetworksSetup {
  readonly space: NetworkSpace;
  readonly wordBits: WordBits;
  readonly technology: Technology;
  readonly settings: MapperSettings;
  /** Whether parameters may stay on chip between runs of a network. */
  readonly pins: boolean;
}

/** Networks that are remembered with their sequences. */
const NETWORKS_REMEMBERED = 512;

/** Accelerators whose mapped steps are remembered: more than come again within a generation, unless it is very large. */
const TRIALS_REMEMBERED = 64;

/** An accelerator with what is known of the steps of networks on it; undefined: nothing can stay there. */
interface KnownTrial {
  readonly accelerator: Accelerator;
  readonly labels: StepLabels | undefined;
}

/**
 * Scores networks of a space on accelerators by their best schedules, the steps of each spread over threads and as many accelerators at a time as there are
 * threads. Networks are scored in the order of their lower bounds and share the steps that they have in common. An answer follows from the items of its trial
 * so far: neither the number of workers nor what happens to other trials matters.
 */
export async function openScheduledNetworks(
  { space, wordBits, technology, settings, pins }: ScheduledNetworksSetup,
  options: WorkSourceOptions,
): Promise<NetworkPool> {
  const source = await openWorkSource(options);
  const networks = new Map<string, ScheduledNetwork>();
  const trials = new Map<number, KnownTrial>();

  const prepare = (genotype: Genotype): ScheduledNetwork => {
    const key = space.key(genotype);
    const made = networks.get(key) ?? scheduledNetwork(space.build(genotype, { batch: 1, wordBits }));
    networks.set(key, made);
    forgetBeyond(networks, NETWORKS_REMEMBERED);
    return made;
  };

  const knownOf = ({ trial, specification }: ScoreItem): KnownTrial => {
    let known = trials.get(trial);
    if (known === undefined) {
      const accelerator = buildAccelerator(specification, technology);
      const retention = retentionOf(accelerator);
      const labels = isUnfit(retention) ? undefined : new StepLabels(accelerator, retention, settings.factors);
      known = { accelerator, labels };
    }
    trials.delete(trial);
    trials.set(trial, known);
    forgetBeyond(trials, TRIALS_REMEMBERED);
    return known;
  };

  async function answerTo(item: ScoreItem, signal: AbortSignal | undefined): Promise<ScoreAnswer> {
    const { accelerator, labels } = knownOf(item);
    const places = item.networks.map(({ genotype, top1Percent }, place) => {
      const scoring = { networks: [prepare(genotype)], settings, pins };
      const on = onAccelerator(scoring, accelerator, labels);
      return { place, top1Percent, scoring, on, bound: 'reason' in on ? 0 : edpOf(on.searches[0]!.least) };
    });
    places.sort((a, b) => a.bound - b.bound || a.place - b.place);
    const contest = openContest(item.keep);
    const scored: ScoredNetwork[] = new Array(item.networks.length);
    let counters = NO_WORK;
    for (const { place, top1Percent, scoring, on, bound } of places) {
      if ('reason' in on) {
        scored[place] = { kind: 'unmappable', reason: on.reason };
        continue;
      }
      const cutoff = Math.min(item.cutoffPjCycles ?? Number.POSITIVE_INFINITY, contest.cutoffFor(top1Percent));
      const steps = scheduledScoreSteps(scoring, on, { baselineEdps: [1] }, () => cutoff);
      const { answer, results } = await sourcedSteps(steps, source, signal);
      counters = addWork(counters, stepCounters(results));
      scored[place] = outcomeOf(answer, Math.max(bound, cutoff));
      if (answer.kind === 'scored') contest.add(top1Percent, answer.networks[0]!.edpPjCycles);
    }
    return { trial: item.trial, networks: scored, learned: [], counters };
  }

  return {
    score: (items, within = options.signal, onAnswer) =>
      eachOf(items, options.workers, (item) => answerTo(item, within), onAnswer),
    close: () => source.close(),
  };
}

/** @param boundPjCycles what the EDP of a stopped network is above */
function outcomeOf(score: ScheduledScore, boundPjCycles: number): ScoredNetwork {
  switch (score.kind) {
    case 'scored': {
      const { energyPj, cycles, edpPjCycles } = score.networks[0]!;
      return { kind: 'scored', energyPj, cycles, edpPjCycles };
    }
    case 'above':
      return { kind: 'stopped', boundPjCycles };
    case 'unmappable':
      return score;
  }
}

/** Forgets what was put into a map first. */
function forgetBeyond<Key>(map: Map<Key, unknown>, capacity: number): void {
  for (const key of map.keys()) {
    if (map.size <= capacity) return;
    map.delete(key);
  }
}
