import fc from 'fast-check';
import { expect } from 'vitest';
import type { Accelerator, StorageLevel } from '../../../src/accelerator/accelerator.ts';
import { tileBitsAt } from '../../../src/mapping/tile-bits.ts';
import { isUnfit, retentionOf } from '../../../src/schedule/retention.ts';
import { exactSettings, type MappingStops } from '../../../src/search/mapping/map-layer.ts';
import { supportingObjective } from '../../../src/search/mapping/network-optimum.ts';
import { paretoMappings } from '../../../src/search/mapping/step-front.ts';
import { mapStep } from '../../../src/search/mapping/step-label.ts';
import type { FrontPoint } from '../../../src/search/schedule/schedule-front.ts';
import type { LabelBatch, ScheduleGoal } from '../../../src/search/schedule/schedule-hull.ts';
import type {
  NoSchedule,
  ScheduleOptimum,
  ScheduleQuestion,
  ScheduleSearch,
} from '../../../src/search/schedule/search-schedule.ts';
import type { LabelAsk, LabelOutcome } from '../../../src/search/schedule/step-labels.ts';
import { NO_COST } from '../../../src/util/network-totals.ts';
import { Random } from '../../../src/util/random.ts';
import { perTensor, TENSORS } from '../../../src/util/vocabulary.ts';
import { layerKey } from '../../../src/workload/distinct-layers.ts';
import type { Sequence } from '../../../src/workload/graph/sequence.ts';
import { macCount } from '../../../src/workload/problem.ts';
import { NO_MOVES, type Residency } from '../../../src/workload/residency.ts';
import { randomAttention, randomPair, randomSequence } from '../../schedule/random-sequences.ts';

/** How steps are mapped. */
export const EXACT = exactSettings({ factors: 'perfect' });

/** A level of one instance that keeps everything. @param words null: unlimited */
export const level = (name: string, words: number | null, changes: Partial<StorageLevel> = {}): StorageLevel => ({
  name,
  isDram: name === 'DRAM',
  capacity: words === null ? { kind: 'unlimited' } : { kind: 'shared', bits: words * 8 },
  doubleBuffered: false,
  wordBits: 8,
  storedBits: name === 'DRAM' ? { Outputs: 8 } : {},
  blockWords: 1,
  bandwidth: name === 'DRAM' ? { sharedWordsPerCycle: 1 } : {},
  energy: name === 'DRAM' ? { readPj: 64, fillPj: 64, updatePj: 64 } : { readPj: 2, fillPj: 2, updatePj: 2 },
  mayKeep: TENSORS,
  mustKeep: TENSORS,
  instances: 1,
  areaMm2: 0,
  leakagePjPerCycle: 0,
  fanOut: { dimensions: [], multicast: perTensor(() => true), hopEnergyPj: 0 },
  ...changes,
});

/** DRAM, a buffer, one MAC and a vector unit. */
export const small = (words: number | null, changes: Partial<StorageLevel> = {}): Accelerator => ({
  name: 'small',
  levels: [level('DRAM', null), level('Buffer', words, changes)],
  mac: { instances: 1, wordBits: 8, energyPj: 1, areaMm2: 0 },
  vectorUnit: { level: 1, simplePerCycle: 1, specialPerCycle: 1, simplePj: 1, specialPj: 1 },
  clockHz: 1e9,
  technology: 'explicit',
  source: 'test',
});

/** A buffer of any kind: its port may be slower than that of DRAM, it may have two copies of tiles, or may not hold some tensors. */
function randomAccelerator(random: Random): Accelerator {
  const chance = (share: number) => random.nextUnit() < share;
  const words = chance(0.1) ? null : 4 + random.nextInt(chance(0.6) ? 26 : 90);
  const mayKeep = chance(0.8) ? TENSORS : TENSORS.filter((tensor) => tensor === 'Inputs' || chance(0.5));
  const accelerator = small(words, {
    doubleBuffered: chance(0.25),
    // Words may be narrower there than in DRAM.
    storedBits: { ...(chance(0.5) ? { Outputs: 16 } : {}), ...(chance(0.25) ? { Weights: 4, Inputs: 4 } : {}) },
    bandwidth: chance(0.6)
      ? { readWordsPerCycle: 1 + random.nextInt(3), writeWordsPerCycle: 0.5 + random.nextInt(2) }
      : {},
    energy: { readPj: 1 + random.nextInt(40), fillPj: 1 + random.nextInt(40), updatePj: 2 + random.nextInt(20) },
    leakagePjPerCycle: chance(0.2) ? random.nextUnit() : 0,
    mayKeep,
    mustKeep: mayKeep.filter(() => chance(0.7)),
  });
  if (chance(0.85)) return accelerator;
  const { vectorUnit: _, ...bare } = accelerator;
  return bare;
}

/** Few operators on an accelerator with a small buffer: all schedules can be tried. A function of the seed. */
export function smallQuestion(seed: number): ScheduleQuestion {
  const random = Random.fromSeed(seed);
  const kind = random.nextInt(6);
  const isAttention = kind === 0;
  const sequence = isAttention
    ? randomAttention(random)
    : kind === 1
      ? randomPair(random)
      : randomSequence(random, 2 + random.nextInt(3), 2 + random.nextInt(2));
  const fuses = random.nextInt(3) > 0;
  const others = [[['p']], [['p'], ['c']], [['reduced'], ['p']], [['reduced'], ['p', 'reduced']]] as const;
  const loops = isAttention ? ([['p'], ['c', 'p']] as const) : others[random.nextInt(others.length)]!;
  return questionOf(sequence, randomAccelerator(random), {
    ...{ fuses, fusesViews: random.nextInt(2) === 0, pins: random.nextInt(2) === 0, loops },
    ...{ tiles: random.nextInt(2) === 0 ? 'all' : 'fewest', longestSegment: fuses ? 3 : 1 },
    channelCuts: random.nextInt(4) === 0 ? 'between-groups' : 'anywhere',
  });
}

/** All of a question but what it is about. */
export function questionOf(
  sequence: Sequence,
  accelerator: Accelerator,
  space: ScheduleQuestion['space'],
): ScheduleQuestion {
  const retention = retentionOf(accelerator);
  if (isUnfit(retention)) throw new Error(retention.reason);
  return { sequence, accelerator, retention, space, factors: 'perfect', beside: NO_COST };
}

/** Maps steps, each once: searches of the same spaces ask for the same again and again. */
export class Mapper {
  readonly #question: ScheduleQuestion;
  readonly #known = new Map<string, LabelOutcome>();

  constructor(question: ScheduleQuestion) {
    this.#question = question;
  }

  /** Outcomes of a batch, in order. */
  answer({ lambda, asks }: LabelBatch): LabelOutcome[] {
    return asks.map((ask) => {
      const key = `${lambda} ${layerKey(ask.shape)}`;
      const outcome = this.#known.get(key) ?? this.map(ask, lambda, {});
      this.#known.set(key, outcome);
      return outcome;
    });
  }

  /** The outcome of one search. */
  map({ shape }: LabelAsk, lambda: number | null, stops: MappingStops): LabelOutcome {
    const { accelerator } = this.#question;
    const outcome = mapStep(shape, accelerator, supportingObjective(lambda), EXACT, stops);
    if (outcome.kind === 'mapped')
      return { kind: 'mapped', mapped: outcome, lowerBound: outcome.proof.lowerBound ?? Number.NEGATIVE_INFINITY };
    if (outcome.kind === 'cut') return { kind: 'none', reason: 'cut', isStopped: true };
    return { kind: 'none', reason: outcome.reason, isStopped: outcome.isTimeOut === true };
  }
}

/** The same bound with a mapping that costs three times as much. */
export function worse(outcome: LabelOutcome): LabelOutcome {
  if (outcome.kind === 'none') return outcome;
  const { evaluation, proof } = outcome.mapped;
  const costs = { energyPj: 3 * evaluation.energyPj, cycles: 3 * evaluation.cycles };
  const mapped = { ...outcome.mapped, evaluation: { ...evaluation, ...costs }, proof: { ...proof, optimal: false } };
  return { ...outcome, mapped };
}

/** Runs a search to its end. @param stopAt number of batches after which the time is over */
export function solve(
  search: ScheduleSearch,
  mapper: Pick<Mapper, 'answer'>,
  goal: ScheduleGoal,
  stopAt = Number.POSITIVE_INFINITY,
): { readonly found: ScheduleOptimum | NoSchedule; readonly batches: number } {
  const steps = search.best(goal);
  let batches = 0;
  let step = steps.next();
  while (step.done !== true) step = steps.next(batches++ < stopAt ? mapper.answer(step.value) : null);
  return { found: step.value, batches };
}

/** All Pareto-optimal sums, by the search. */
export function solveFront(search: ScheduleSearch, { accelerator, retention: { level: index } }: ScheduleQuestion) {
  const steps = search.front();
  let step = steps.next();
  while (step.done !== true)
    step = steps.next(
      step.value.map(({ shape }) =>
        paretoMappings(shape, accelerator, EXACT).map(({ shape: own, evaluation, mapping }): FrontPoint => {
          const residency = own.residency ?? { ...ISLAND, level: index };
          const { energyPj, cycles } = evaluation;
          return { energyPj, cycles, tileBits: tileBitsAt({ ...own, residency }, accelerator, mapping) };
        }),
      ),
    );
  return step.value;
}

/** A layer of its own: nothing of it stays. */
const ISLAND: Omit<Residency, 'level'> = {
  ...{ weights: false, inputs: false, activationBits: 8, roomBits: null, moves: NO_MOVES },
  outputs: 'outermost',
};

/** MACs of a whole sequence: how large it is. */
export function macsOf({ operators }: Sequence): number {
  return operators.reduce((sum, one) => sum + (one.kind === 'mac' ? macCount(one.shape.problem) : 0), 0);
}

/** Questions whose schedules can be tried one by one in little time. */
export function smallQuestions(mostMacs: number): fc.Arbitrary<ScheduleQuestion> {
  return fc
    .nat({ max: 2 ** 30 })
    .map(smallQuestion)
    .filter(({ sequence }) => sequence.operators.length <= 3 && macsOf(sequence) <= mostMacs);
}

/** Whether figures are equal but for rounding; both may be 0. */
export function expectClose(actual: number, expected: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-9 * Math.abs(expected));
}
