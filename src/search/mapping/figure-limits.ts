import { siText } from '../../util/quantity-text.ts';
import { type Poll, searchExact } from './exact/exact.ts';
import type { Mapspace } from './mapspace.ts';
import { ENERGY, LATENCY, type Objective } from './objective.ts';

/** A limit that the user sets on energy (pJ) and cycles of whatever is mapped, e.g. `latency < 2 ms`. */
export interface FigureLimit {
  /** As the user words it. */
  readonly text: string;
  readonly holds: (energyPj: number, cycles: number) => boolean;
  /** Whether breaking it provably stays broken when energy or cycles grow. */
  readonly monotone: boolean;
}

/** An objective that is infinite where a limit is broken. */
export interface LimitedObjective extends Objective {
  readonly limits: readonly FigureLimit[];
}

/** An objective that is infinite where a limit is broken; still monotone when both are. */
export function limitedObjective(objective: Objective, limits: readonly FigureLimit[]): Objective | LimitedObjective {
  if (limits.length === 0) return objective;
  return {
    ...objective,
    limits,
    name: `${objective.name} subject to ${limits.map((limit) => limit.text).join(', ')}`,
    monotone: objective.monotone && limits.every((limit) => limit.monotone),
    isQuasiConcave: false,
    value: (energyPj, cycles) =>
      limits.every((limit) => limit.holds(energyPj, cycles))
        ? objective.value(energyPj, cycles)
        : Number.POSITIVE_INFINITY,
  };
}

/** Partial mappings that each search for a least figure may bound: about a second. Those with imperfect factors take ten times longer. */
const LEAST_FIGURE_NODES = { perfect: 300_000, imperfect: 20_000 } as const;

/**
 * Why the exact search found no mapping at all. It cannot tell a broken limit from a capacity: a second search without the limits says which of
 * the two it is, and how far away the limits are.
 * @param reason that of the search
 * @param poll as in that search: what it throws ends the work
 */
export function infeasibleReason(mapspace: Mapspace, objective: Objective, reason: string, poll?: Poll): string {
  if (!isLimited(objective)) return reason;
  const limits = objective.limits.map(({ text }) => text).join(', ');
  const least = [
    ['energy', ENERGY],
    ['latency', LATENCY],
  ] as const;
  const found: string[] = [];
  for (const [name, figure] of least) {
    const result = searchExact(mapspace, figure, { nodeLimit: LEAST_FIGURE_NODES[mapspace.factors], poll });
    if (result.kind === 'infeasible') return `${result.reason} (whatever the limit)`;
    if (result.kind === 'bounded') continue;
    const { energyPj, cycles } = result.evaluation;
    const atLeast = result.certificate.optimal ? 'least' : 'least found';
    found.push(
      name === 'energy'
        ? `${atLeast} energy ${siText(energyPj * 1e-12, 'J', 4)}`
        : `${atLeast} latency ${siText(cycles / mapspace.accelerator.clockHz, 's', 4)} (${cycles} cycles)`,
    );
  }
  const without = found.length === 0 ? '' : `; without it: ${found.join(', ')}`;
  return `it fits the capacities, but no mapping keeps the limit ${limits}${without}`;
}

function isLimited(objective: Objective): objective is LimitedObjective {
  return 'limits' in objective;
}
