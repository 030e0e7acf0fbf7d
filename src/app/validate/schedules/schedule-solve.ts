import type { Accelerator } from '../../../accelerator/accelerator.ts';
import type { CaseSums, ScheduleCase, SolvedCase } from '../../../formats/schedule/schedule-cases.ts';
import { tileBitsAt } from '../../../mapping/tile-bits.ts';
import { isUnfit, type Retention, retentionOf, type Unfit } from '../../../schedule/retention.ts';
import { scoreSchedule } from '../../../schedule/score.ts';
import { EDP, ENERGY, LATENCY, type Objective } from '../../../search/mapping/objective.ts';
import { paretoMappings } from '../../../search/mapping/step-front.ts';
import type { FrontPoint } from '../../../search/schedule/schedule-front.ts';
import { type NoSchedule, type ScheduleOptimum, ScheduleSearch } from '../../../search/schedule/search-schedule.ts';
import type { LabelAsk } from '../../../search/schedule/step-labels.ts';
import { NO_COST } from '../../../util/network-totals.ts';
import { NO_MOVES } from '../../../workload/residency.ts';
import { bestSchedule, EXACT } from '../search-here.ts';
import { CaseDifferences, type Difference } from './case-differences.ts';

const OBJECTIVES: Readonly<Record<'edp' | 'energy' | 'latency', Objective>> = {
  edp: EDP,
  energy: ENERGY,
  latency: LATENCY,
};

/** What a search finds in the space of a case. */
export interface CaseFindings {
  readonly best: Readonly<Record<keyof typeof OBJECTIVES, ScheduleOptimum | NoSchedule>>;
  /** All Pareto-optimal sums, and those without fusion. */
  readonly front: readonly CaseSums[];
  readonly frontRetained: readonly CaseSums[];
}

/** Searches the space of a solved case; why it cannot be searched. */
export function searchCase(one: ScheduleCase, solved: SolvedCase): CaseFindings | Unfit {
  const { accelerator } = one;
  const retention = retentionOf(accelerator);
  if (isUnfit(retention)) return retention;
  const search = searchOf(one, solved, retention, solved.fusion);
  const whole = solved.fusion ? searchOf(one, solved, retention, false) : search;
  const front = frontOf(search, accelerator, retention);
  return {
    best: {
      edp: bestSchedule(search, accelerator, OBJECTIVES.edp),
      energy: bestSchedule(search, accelerator, OBJECTIVES.energy),
      latency: bestSchedule(search, accelerator, OBJECTIVES.latency),
    },
    front,
    frontRetained: solved.fusion ? frontOf(whole, accelerator, retention) : front,
  };
}

/** What of the optimal values, their proofs and the Pareto-optimal sums is not as recorded. */
export function findingDifferences(
  one: ScheduleCase,
  solved: SolvedCase,
  findings: CaseFindings | Unfit,
): readonly Difference[] {
  const differences = new CaseDifferences(one.id);
  if ('reason' in findings) {
    differences.compare('search', 'retention', 'a level', findings.reason);
    return differences.found;
  }
  for (const name of ['edp', 'energy', 'latency'] as const)
    compareOptimum(one, name, solved.found?.best[name] ?? null, findings.best[name], differences);
  compareFront('front', solved.found?.front ?? [], findings.front, differences);
  compareFront('front_stage_a', solved.found?.frontRetained ?? [], findings.frontRetained, differences);
  return differences.found;
}

function searchOf(
  { sequence, accelerator }: ScheduleCase,
  { pinning: pins, loops }: SolvedCase,
  retention: Retention,
  fuses: boolean,
): ScheduleSearch {
  const tiles = 'all' as const;
  const space = {
    fuses,
    fusesViews: false,
    pins,
    loops,
    channelCuts: 'anywhere' as const,
    tiles,
    longestSegment: fuses ? null : 1,
  };
  return new ScheduleSearch({ sequence, accelerator, retention, space, factors: 'perfect', beside: NO_COST });
}

function frontOf(search: ScheduleSearch, accelerator: Accelerator, retention: Retention): readonly CaseSums[] {
  const steps = search.front();
  let step = steps.next();
  while (step.done !== true) step = steps.next(step.value.map((ask) => points(ask, accelerator, retention)));
  return step.value.map(([energyPj, cycles]) => ({ energyPj, cycles }));
}

function points({ shape }: LabelAsk, accelerator: Accelerator, { level }: Retention): FrontPoint[] {
  // Of a layer on its own nobody asks how much of the level it takes.
  const alone = { level, weights: false, inputs: false, activationBits: 0, roomBits: null, moves: NO_MOVES };
  return paretoMappings(shape, accelerator, EXACT).map(({ shape: own, evaluation, mapping }) => {
    const residency = own.residency ?? { ...alone, outputs: 'outermost' };
    const { energyPj, cycles } = evaluation;
    return { energyPj, cycles, tileBits: tileBitsAt({ ...own, residency }, accelerator, mapping) };
  });
}

function compareOptimum(
  { sequence, accelerator }: ScheduleCase,
  name: keyof typeof OBJECTIVES,
  expected: (CaseSums & { readonly value: number }) | null,
  found: ScheduleOptimum | NoSchedule,
  differences: CaseDifferences,
): void {
  if (found.kind === 'none' || expected === null) {
    const actual = found.kind === 'none' ? found.reason : 'feasible';
    if (found.kind !== 'none' || expected !== null)
      differences.compare('search', `${name}.feasible`, expected === null ? 'infeasible' : 'feasible', actual);
    return;
  }
  differences.energy('search', `${name}.value`, expected.value, found.value);
  differences.compare('search', `${name}.proof`, 'optimal', found.optimal ? 'optimal' : 'open');
  const scored = scoreSchedule(sequence, accelerator, found.schedule, ({ segment, kind }) => {
    return found.segments[segment]?.steps[kind]?.mapping ?? null;
  });
  if (scored.feasible) {
    differences.energy('search', `${name}.schedule.energy_pJ`, found.energyPj, scored.energyPj);
    differences.compare('search', `${name}.schedule.cycles`, found.cycles, scored.cycles);
  } else differences.compare('search', `${name}.schedule`, 'legal', scored.violations[0]!.message);
}

function compareFront(
  name: string,
  expected: readonly CaseSums[],
  found: readonly CaseSums[],
  differences: CaseDifferences,
): void {
  differences.compare('search', `${name}.points`, expected.length, found.length);
  for (const [i, { energyPj, cycles }] of expected.slice(0, found.length).entries()) {
    differences.energy('search', `${name}.${i}.energy_pJ`, energyPj, found[i]!.energyPj);
    differences.compare('search', `${name}.${i}.cycles`, cycles, found[i]!.cycles);
  }
}
