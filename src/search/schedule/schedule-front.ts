import type { Choice, Choices } from './choices.ts';
import type { Cuts } from './cuts.ts';
import type { LabelAsk, StepLabels } from './step-labels.ts';
import type { SegmentSteps } from './step-prices.ts';

/** Energy and cycles of one of the mappings of a step that none beats in both, with the bits that its tiles take. */
export interface FrontPoint {
  readonly energyPj: number;
  readonly cycles: number;
  readonly tileBits: number;
}

/** Asks for the Pareto-optimal mappings of steps, is given them in the same order: by rising energy, none where nothing fits. */
export type FrontSteps<Answer> = Generator<readonly LabelAsk[], Answer, readonly (readonly FrontPoint[])[]>;

/** Sums of a schedule. */
export type Sums = readonly [energyPj: number, cycles: number];

/** Sets of pinned operators at most. */
const MOST_PINS = 10;

/** What a front is taken over. */
export interface FrontSource {
  readonly cuts: Cuts;
  readonly choices: Choices;
  readonly labels: StepLabels;
  readonly capacityBits: number | null;
  readonly operators: number;
}

/**
 * All Pareto-optimal sums of energy and cycles over a whole space of schedules, every choice decided and every set of pinned parameters tried on its own: exact,
 * and for small sequences only. By rising energy; none where no schedule fits.
 * @throws RangeError when more than ten operators can be pinned
 */
export function* scheduleFront({ cuts, choices, labels, capacityBits, operators }: FrontSource): FrontSteps<Sums[]> {
  const all = decided(choices, operators);
  const pinnable = [...new Set(all.flatMap(({ pinned }) => pinned))].sort((a, b) => a - b);
  if (pinnable.length > MOST_PINS)
    throw new RangeError(`${pinnable.length} operators can be pinned, at most ${MOST_PINS} are tried`);
  const stairs: (FrontStair[] | undefined)[] = [];
  let front: Sums[] = [];
  for (let set = 0; set < 1 << pinnable.length; set++) {
    const isPinned = (operator: number) => ((set >> pinnable.indexOf(operator)) & 1) !== 0;
    const own = all.filter(
      ({ first, end, pinned }) =>
        pinned.every(isPinned) &&
        pinnable.every(
          (operator) => operator < first || operator >= end || !isPinned(operator) || pinned.includes(operator),
        ),
    );
    const bitsOf = new Map(
      all.filter(({ pinned }) => pinned.length === 1).map(({ pinned, pinnedBits }) => [pinned[0]!, pinnedBits]),
    );
    const bits = pinnable.filter(isPinned).reduce((sum, operator) => sum + bitsOf.get(operator)!, 0);
    const base = (capacityBits ?? Number.POSITIVE_INFINITY) - bits;
    if (base < 0) continue;
    const sums: Sums[][] = cuts.states.map(() => []);
    sums[0] = [[0, 0]];
    for (const [from, state] of cuts.states.entries()) {
      const before = pareto(sums[from]!);
      if (from === cuts.states.length - 1) {
        front = pareto([...front, ...before]);
        continue;
      }
      if (before.length === 0) continue;
      for (const choice of own) {
        if (choice.first !== state.cut || !cuts.agrees(state, choice.border, choice.retained)) continue;
        const to = cuts.after(state, choice.border, choice.end, (s) => choice.retained.has(s));
        if (to === undefined) continue;
        const room = base - cuts.passingBits(state, choice.border, choice.first, choice.end);
        const steps = yield* frontOfSteps(choice.way.steps, labels, stairs, room);
        sums[to] = pareto([...sums[to]!, ...added(before, steps)]);
      }
    }
  }
  return front;
}

/** The front of a step in all rooms from what its points need to what was asked for. */
interface FrontStair {
  readonly from: number;
  readonly to: number;
  readonly points: readonly FrontPoint[];
}

function* frontOfSteps(
  { kinds, fixedBits }: SegmentSteps,
  labels: StepLabels,
  stairs: (FrontStair[] | undefined)[],
  baseBits: number,
): FrontSteps<Sums[]> {
  let sums: Sums[] = [[0, 0]];
  for (const [kind, { count, extras, labels: own }] of kinds.entries()) {
    const room = baseBits - fixedBits[kind]!;
    if (room < 0) return [];
    let points: readonly FrontPoint[] = [{ energyPj: 0, cycles: 0, tileBits: 0 }];
    if (own.length > 0) points = yield* frontOfLabel(own[0]!, labels, stairs, room);
    const { energyPj, cycles } = extras[0]!;
    // Equal steps may have different mappings, so each is added on its own.
    for (let i = 0; i < count; i++)
      sums = pareto(
        added(
          sums,
          points.map((point): Sums => [point.energyPj + energyPj, point.cycles + cycles]),
        ),
      );
  }
  return sums;
}

function* frontOfLabel(
  label: number,
  labels: StepLabels,
  stairs: (FrontStair[] | undefined)[],
  room: number,
): FrontSteps<readonly FrontPoint[]> {
  const known = stairs[label] ?? [];
  stairs[label] = known;
  const stair = known.find(({ from, to }) => from <= room && room <= to);
  if (stair !== undefined) return stair.points;
  const ask = labels.askIn(label, known.length === 0 ? Number.POSITIVE_INFINITY : room);
  const [points] = yield [ask];
  const from = Math.max(
    ...points!.map(({ tileBits }) => tileBits),
    points!.length === 0 ? Number.NEGATIVE_INFINITY : 0,
  );
  known.push({ from, to: ask.roomBits ?? Number.POSITIVE_INFINITY, points: points! });
  return yield* frontOfLabel(label, labels, stairs, room);
}

/** All choices of all ranges with nothing left open. */
function decided(choices: Choices, operators: number): Choice[] {
  const all: Choice[] = [];
  const open: Choice[] = [];
  for (let first = 0; first < operators; first++) {
    all.push(...choices.ofOperator(first));
    for (let end = first + 2; end <= operators; end++) open.push(...choices.ofRange(first, end));
  }
  for (let choice = open.pop(); choice !== undefined; choice = open.pop())
    for (const made of choices.decide(choice)) (made.open.length === 0 ? all : open).push(made);
  return all;
}

function added(a: readonly Sums[], b: readonly Sums[]): Sums[] {
  return a.flatMap(([energyPj, cycles]) => b.map((other): Sums => [energyPj + other[0], cycles + other[1]]));
}

/** Those that no other beats in both, by rising energy; equal ones once. */
export function pareto(all: readonly Sums[]): Sums[] {
  const sorted = [...all].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const kept: Sums[] = [];
  let least = Number.POSITIVE_INFINITY;
  for (const one of sorted)
    if (one[1] < least) {
      kept.push(one);
      least = one[1];
    }
  return kept;
}
