import type { EnergyAndCycles } from '../../util/network-totals.ts';
import type { Limit } from './bounds/limit-bound.ts';
import type { ChoiceArc } from './choice-arcs.ts';
import type { FoundSchedule } from './found-schedule.ts';
import type { LabelPoint, StepLabels } from './step-labels.ts';
import type { PricedStep } from './step-prices.ts';

/** Sums of a part of a schedule that are followed at most from each state; beyond, they are thinned. */
const MOST_SUMS = 256;
/** The same of the steps of one choice. */
const MOST_OPTIONS = 12;
/** Sums of pinned bits that are tried at most. */
const MOST_BUDGETS = 4;

/** What schedules are put together for. */
export interface CombinationGoal {
  /** Not falling with either sum. */
  readonly value: (energyPj: number, cycles: number) => number;
  readonly holds: Limit;
}

/** Where schedules are put together. */
export interface CombinationSource {
  readonly labels: StepLabels;
  /** Of the retention level. */
  readonly capacityBits: number;
  /** From the first to the last. */
  readonly states: number;
  /** What a goal counts beside the operators. */
  readonly beside: EnergyAndCycles;
}

/** Mappings of the steps of a choice that none of the known ones beats in both figures. */
interface ArcOption extends EnergyAndCycles {
  readonly arc: ChoiceArc;
  readonly points: readonly (LabelPoint | null)[];
}

/** The way to a state. */
interface PartialSum extends EnergyAndCycles {
  readonly pinnedBits: number;
  readonly option: ArcOption | null;
  readonly before: PartialSum | null;
}

/**
 * The best schedule within a limit that parts of known ones make, with all mappings of their steps that are known: what lies between corners of the hull. It is one of
 * the schedules of the space, and no more than that is claimed of it.
 * @param met the most important first
 * @returns null where none is made
 */
export function combinedSchedule(
  met: readonly FoundSchedule[],
  source: CombinationSource,
  goal: CombinationGoal,
): FoundSchedule | null {
  const arcs = distinctArcs(met);
  const budgets = [...new Set(met.map(({ pinnedBits }) => pinnedBits))].slice(0, MOST_BUDGETS);
  const { beside } = source;
  const worth = ({ energyPj, cycles }: EnergyAndCycles) =>
    goal.value(energyPj + beside.energyPj, cycles + beside.cycles);
  let best: PartialSum | null = null;
  for (const budgetBits of budgets) {
    for (const one of within(arcs, budgetBits, source, goal.holds))
      if (best === null || worth(one) < worth(best)) best = one;
  }
  if (best === null) return null;
  const options: ArcOption[] = [];
  for (let one: PartialSum | null = best; one !== null; one = one.before)
    if (one.option !== null) options.push(one.option);
  options.reverse();
  return {
    arcs: options.map(({ arc }) => arc),
    points: options.map(({ points }) => points),
    pinnedBits: best.pinnedBits,
    energyPj: best.energyPj,
    cycles: best.cycles,
  };
}

/** Sums of all ways from the first to the last state that pin so much at most and keep a limit, undominated. */
function within(
  arcs: readonly ChoiceArc[],
  budgetBits: number,
  { labels, capacityBits, states, beside }: CombinationSource,
  holds: Limit,
): readonly PartialSum[] {
  const out: ArcOption[][] = Array.from({ length: states }, () => []);
  for (const arc of arcs) out[arc.from]!.push(...optionsOf(arc, labels, capacityBits - budgetBits));
  const sums: PartialSum[][] = Array.from({ length: states }, () => []);
  sums[0]!.push({ energyPj: 0, cycles: 0, pinnedBits: 0, option: null, before: null });
  for (let state = 0; state < states - 1; state++) {
    const here = undominated(sums[state]!);
    sums[state] = [];
    for (const option of out[state]!)
      for (const before of here) {
        const pinnedBits = before.pinnedBits + option.arc.pinnedBits;
        const energyPj = before.energyPj + option.energyPj;
        const cycles = before.cycles + option.cycles;
        if (pinnedBits > budgetBits || !holds(energyPj + beside.energyPj, cycles + beside.cycles)) continue;
        sums[option.arc.to]!.push({ energyPj, cycles, pinnedBits, option, before });
      }
  }
  return sums[states - 1]!;
}

/** The choices of schedules, each once. */
function distinctArcs(met: readonly FoundSchedule[]): ChoiceArc[] {
  const known = new Map<unknown, ChoiceArc[]>();
  for (const { arcs } of met)
    for (const arc of arcs) {
      const alike = known.get(arc.range) ?? [];
      known.set(arc.range, alike);
      if (!alike.some(({ node, set }) => node === arc.node && set === arc.set)) alike.push(arc);
    }
  return [...known.values()].flat();
}

/** The known ways to map the steps of a choice. @param baseBits of the retention level, less what the whole network pins */
function optionsOf(arc: ChoiceArc, labels: StepLabels, baseBits: number): readonly ArcOption[] {
  let options: readonly ArcOption[] = [{ arc, points: [], energyPj: 0, cycles: 0 }];
  const { kinds, fixedBits } = arc.node.choice.way.steps;
  for (const [i, step] of kinds.entries()) {
    const points = pointsOf(step, labels, baseBits - arc.passingBits - fixedBits[i]!);
    const { count } = step;
    const { energyPj, cycles } = step.extras[0]!;
    options = thinned(
      front(
        options.flatMap((option) =>
          points.map((point) => ({
            arc,
            points: [...option.points, point],
            energyPj: option.energyPj + count * (energyPj + (point?.energyPj ?? 0)),
            cycles: option.cycles + count * (cycles + (point?.cycles ?? 0)),
          })),
        ),
      ),
      MOST_OPTIONS,
    );
  }
  return options;
}

function pointsOf({ labels: own }: PricedStep, labels: StepLabels, roomBits: number): readonly (LabelPoint | null)[] {
  if (roomBits < 0) return [];
  return own.length === 0 ? [null] : labels.pointsIn(own[0]!, roomBits);
}

/** Those that no other beats in energy, cycles and pinned bits. */
function undominated(sums: readonly PartialSum[]): readonly PartialSum[] {
  const byBits = new Map<number, PartialSum[]>();
  for (const one of sums) {
    const alike = byBits.get(one.pinnedBits) ?? [];
    byBits.set(one.pinnedBits, alike);
    alike.push(one);
  }
  let beating: readonly PartialSum[] = [];
  const kept: PartialSum[] = [];
  for (const [bits, alike] of [...byBits].sort(([a], [b]) => a - b)) {
    beating = front([...beating, ...front(alike)]);
    for (const one of beating) if (one.pinnedBits === bits) kept.push(one);
  }
  return thinned(
    kept.sort((a, b) => a.cycles - b.cycles),
    MOST_SUMS,
  );
}

/** Those that no other beats in both figures, by rising cycles; of equal ones the first. */
function front<Sums extends EnergyAndCycles>(all: readonly Sums[]): readonly Sums[] {
  let least = Number.POSITIVE_INFINITY;
  return [...all]
    .sort((a, b) => a.cycles - b.cycles || a.energyPj - b.energyPj)
    .filter(({ energyPj }) => {
      if (energyPj >= least) return false;
      least = energyPj;
      return true;
    });
}

/** Some of many, the first and the last among them. */
function thinned<Sums>(all: readonly Sums[], most: number): readonly Sums[] {
  if (all.length <= most) return all;
  const step = (all.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, i) => all[Math.round(i * step)]!);
}
