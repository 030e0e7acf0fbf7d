import { planStepByStep } from '../../../src/schedule/plan.ts';
import { isUnfit } from '../../../src/schedule/retention.ts';
import { passingBits } from '../../../src/schedule/room.ts';
import type { HeldOperand, Home, Segment, SharedLoop } from '../../../src/schedule/schedule.ts';
import { stepExtras } from '../../../src/schedule/step-extras.ts';
import type { MacStep, StepKind } from '../../../src/schedule/step-kind.ts';
import { residentLayer } from '../../../src/schedule/step-residency.ts';
import { paretoMappings } from '../../../src/search/mapping/step-front.ts';
import type { ScheduleQuestion } from '../../../src/search/schedule/search-schedule.ts';
import { layerKey } from '../../../src/workload/distinct-layers.ts';
import { AXES, type Sequence } from '../../../src/workload/graph/sequence.ts';
import { EXACT } from './small-questions.ts';

type Sums = readonly [energyPj: number, cycles: number];

/** All Pareto-optimal sums, by every set of homes and pins, every segmentation and every way to run each segment, one after the other. */
export class BruteForce {
  /** Homes with pins that were tried. */
  placements = 0;
  readonly #question: ScheduleQuestion;
  readonly #steps = new Map<string, Stair[]>();
  readonly #segments = new Map<string, readonly Sums[]>();

  constructor(question: ScheduleQuestion) {
    this.#question = question;
  }

  front(): Sums[] {
    const { sequence, space, retention } = this.#question;
    const { operators, storages } = sequence;
    const homes = storages.map(({ role }): readonly Home[] =>
      role === 'inner' ? (space.fuses ? ['outermost', 'retained', 'fused'] : ['outermost', 'retained']) : ['outermost'],
    );
    const pinnable = operators.flatMap((one, i) =>
      space.pins && retention.keepsWeights && one.kind === 'mac' && one.second.kind === 'parameters' ? [i] : [],
    );
    let front: Sums[] = [];
    for (const own of combinations(homes))
      for (const pinned of subsets(pinnable)) front = pareto([...front, ...this.#placed(own, pinned)]);
    return front;
  }

  #placed(homes: readonly Home[], pinned: readonly number[]): Sums[] {
    this.placements++;
    const { operators } = this.#question.sequence;
    const reached: Sums[][] = Array.from({ length: operators.length + 1 }, () => []);
    reached[0] = [[0, 0]];
    for (let first = 0; first < operators.length; first++) {
      if (reached[first]!.length === 0) continue;
      for (let end = first + 1; end <= operators.length; end++)
        reached[end] = pareto([...reached[end]!, ...added(reached[first]!, this.#range(first, end, homes, pinned))]);
    }
    return reached.at(-1)!;
  }

  /** Sums of all ways to run a range of operators as one segment. */
  #range(first: number, end: number, homes: readonly Home[], pinned: readonly number[]): readonly Sums[] {
    const { sequence, space } = this.#question;
    const own = sequence.operators.slice(first, end);
    const real = own.filter(({ kind }) => kind !== 'view').length;
    if (end - first > 1) {
      if (!space.fuses || real < 2 || real > (space.longestSegment ?? real)) return [];
      if (!space.fusesViews && real < own.length) return [];
    }
    const key = JSON.stringify([first, end, homes, pinned]);
    const known = this.#segments.get(key);
    if (known !== undefined) return known;
    let front: Sums[] = [];
    const held = heldSets(sequence, first, end, homes, pinned);
    for (const loops of end - first === 1 ? [[]] : loopsOf(this.#question, end - 1))
      for (const halo of ['cached', 'recomputed'] as const)
        for (const one of end - first === 1 ? [[]] : held)
          front = pareto([...front, ...this.#segment({ first, end, loops, halo, held: one }, homes, pinned)]);
    this.#segments.set(key, front);
    return front;
  }

  #segment(segment: Segment, homes: readonly Home[], pinned: readonly number[]): Sums[] {
    const { sequence, retention } = this.#question;
    const isPinned = (operator: number) => pinned.includes(operator);
    const plan = planStepByStep(sequence, retention, { homes, isPinned }, segment);
    if (isUnfit(plan)) return [];
    let pinnedBits = 0;
    for (const operator of pinned) {
      const one = sequence.operators[operator]!;
      if (one.kind === 'mac' && one.second.kind === 'parameters')
        pinnedBits += one.second.words * retention.parameterBits(one.second.wordBits);
    }
    const others = pinnedBits + passingBits(sequence, retention, homes, segment);
    let sums: Sums[] = [[0, 0]];
    for (const step of plan.kinds) {
      const room = (retention.capacityBits ?? Number.POSITIVE_INFINITY) - others - step.fixedBits;
      if (room < 0) return [];
      const own = this.#step(step, Number.isFinite(room) ? room : null);
      for (let i = 0; i < step.count; i++) sums = pareto(added(sums, own));
    }
    return sums;
  }

  #step(step: StepKind, roomBits: number | null): readonly Sums[] {
    const { energyPj, cycles } = stepExtras(step, this.#question.accelerator);
    const extra: Sums[] = [[energyPj, cycles]];
    return step.kind === 'vector' ? extra : added(extra, this.#mappings(step, roomBits));
  }

  /** Of the mappings of a step: those in some room are those in every room that holds all of them and is no larger. */
  #mappings(step: MacStep, roomBits: number | null): readonly Sums[] {
    const { accelerator, retention } = this.#question;
    const layer = residentLayer(retention, step, 'in-place', roomBits);
    const key = layerKey(residentLayer(retention, step, 'in-place', null));
    const room = roomBits ?? Number.POSITIVE_INFINITY;
    const known = this.#steps.get(key) ?? [];
    this.#steps.set(key, known);
    const stair = known.find(({ from, to }) => from <= room && room <= to);
    if (stair !== undefined) return stair.sums;
    const found = paretoMappings(layer, accelerator, EXACT);
    const from = found.length === 0 ? 0 : Math.max(...found.map(({ tileBits }) => tileBits));
    const sums = found.map(({ evaluation }): Sums => [evaluation.energyPj, evaluation.cycles]);
    known.push({ from, to: room, sums });
    return sums;
  }
}

/** Sums of the mappings of a step in rooms of so many bits. */
interface Stair {
  readonly from: number;
  readonly to: number;
  readonly sums: readonly Sums[];
}

function heldSets(
  { operators, tensors }: Sequence,
  first: number,
  end: number,
  homes: readonly Home[],
  pinned: readonly number[],
): HeldOperand[][] {
  const own = operators.slice(first, end);
  const made = new Set(own.map(({ output }) => output));
  const outside = new Set(own.flatMap(({ kind, inputs }) => (kind === 'view' ? [] : inputs)));
  return subsets([
    ...[...outside].flatMap((tensor): HeldOperand[] =>
      made.has(tensor) || homes[tensors[tensor]!.storage] === 'retained' ? [] : [{ kind: 'tensor', tensor }],
    ),
    ...own.flatMap((one, i): HeldOperand[] =>
      one.kind === 'mac' && one.second.kind === 'parameters' && !pinned.includes(first + i)
        ? [{ kind: 'parameters', operator: first + i }]
        : [],
    ),
  ]);
}

/** Every size of tiles below the axis; where fewest are asked for, those that no smaller tile makes as few of. Channels in whole groups, summed ones too. */
function loopsOf({ sequence, space }: ScheduleQuestion, sink: number): SharedLoop[][] {
  const operator = sequence.operators[sink]!;
  const { sizes } = sequence.tensors[operator.output]!;
  const layerGroups = operator.kind === 'mac' ? operator.shape.problem.bounds.G : 1;
  const spanned = operator.kind === 'vector' && operator.span.kind === 'channels' ? operator.span.group : sizes[1];
  const groups = operator.kind === 'vector' ? sizes[1] / spanned : layerGroups;
  const maker = sequence.operators.find(({ output }) => output === operator.inputs[0]);
  const makers = maker?.kind === 'mac' ? maker.shape.problem.bounds.G : 1;
  const made = maker?.kind === 'vector' && maker.span.kind === 'channels' ? maker.span.group : null;
  return space.loops.flatMap((axes) =>
    combinations(
      axes.map((axis) => {
        const summed = operator.kind === 'mac' && groups === 1 ? operator.shape.problem.bounds.C : 1;
        const size = axis === 'reduced' ? summed : sizes[AXES.indexOf(axis)]!;
        const all = Array.from({ length: size - 1 }, (_, i) => i + 1);
        const count = (tile: number) => Math.ceil(size / tile);
        const isWhole = (tile: number) => {
          if (axis === 'reduced')
            return made === null ? makers === 1 || (tile * makers) % size === 0 : tile % made === 0;
          if (axis === 'c' && space.channelCuts === 'between-groups' && groups === 1) return false;
          return axis !== 'c' || groups === 1 || (tile * groups) % size === 0;
        };
        const legal = all.filter(isWhole);
        return legal
          .filter((tile) => {
            if (space.tiles === 'all') return true;
            if (!axes.some((one) => one === 'reduced'))
              return legal.every((other) => other >= tile || count(other) > count(tile));
            // The least tile that makes no more than 2, 4, 8 and so on of the axis.
            return [2, 4, 8, 16].some((most) => tile === legal.find((other) => count(other) <= most));
          })
          .map((tile): SharedLoop => ({ axis, tile }));
      }),
    ),
  );
}

function combinations<T>(choices: readonly (readonly T[])[]): T[][] {
  return choices.reduce<T[][]>((all, own) => all.flatMap((before) => own.map((one) => [...before, one])), [[]]);
}

function subsets<T>(of: readonly T[]): T[][] {
  return of.reduce<T[][]>((all, one) => all.flatMap((set) => [set, [...set, one]]), [[]]);
}

function added(a: readonly Sums[], b: readonly Sums[]): Sums[] {
  return a.flatMap(([energyPj, cycles]) => b.map((other): Sums => [energyPj + other[0], cycles + other[1]]));
}

/** Those that no other beats, one by one. */
function pareto(all: readonly Sums[]): Sums[] {
  const kept: Sums[] = [];
  for (const one of all) {
    if (kept.some((other) => other[0] <= one[0] && other[1] <= one[1])) continue;
    for (let i = kept.length - 1; i >= 0; i--) if (one[0] <= kept[i]![0] && one[1] <= kept[i]![1]) kept.splice(i, 1);
    kept.push(one);
  }
  return kept.sort((a, b) => a[0] - b[0]);
}
