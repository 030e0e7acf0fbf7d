import type { Accelerator } from '../../accelerator/accelerator.ts';
import { areaMm2 } from '../../accelerator/accelerator.ts';
import type { TemporalReuse } from '../../cost/evaluation.ts';
import { compileLimit, compileObjective, type ExpressionValues } from '../../formats/quantity/expression.ts';
import type { DataflowTemplate } from '../../mapping/dataflow.ts';
import { ED2P, EDP, ENERGY, LATENCY, type Objective } from '../../search/mapping/objective.ts';
import type { SampledMapper } from '../../search/mapping/sampled/sampled.ts';

/** One mapper. */
export type MapperName = 'exact' | SampledMapper;

/** How layers are mapped. */
export interface MapperSettings {
  readonly mapper: MapperName;
  readonly factors: 'perfect' | 'imperfect';
  /** Partial mappings over imperfect factors that the exact mapper may bound per layer; default: its own. */
  readonly imperfectNodes?: number;
  readonly temporalReuse: TemporalReuse;
  /** A dataflow or a user's constraints. */
  readonly dataflow?: DataflowTemplate;
  /** Mappings that a sampled mapper scores per layer. */
  readonly evaluations: number;
  readonly seed: number;
  /** Asked now and then; true ends the search with what it has. */
  readonly shouldStop?: () => boolean;
}

const NAMED: Readonly<Record<string, Objective>> = { edp: EDP, energy: ENERGY, latency: LATENCY, ed2p: ED2P };

/**
 * The objective of a command line: a name, or an expression in energy, latency, edp, power, cycles, area (SI units).
 * @throws TrifoldError for text that is no expression
 */
export function objectiveFrom(text: string, accelerator: Accelerator): Objective {
  const named = NAMED[text];
  if (named !== undefined) return named;
  const compiled = compileObjective(text);
  const figures = figuresOf(accelerator);
  return {
    name: text,
    monotone: compiled.monotone,
    value: (energyPj, cycles) => compiled.value(figures(energyPj, cycles)),
  };
}

/** A limit of a command line, e.g. `latency < 2 ms`, on energy and cycles of whatever is mapped. */
export interface FigureLimit {
  readonly text: string;
  readonly holds: (energyPj: number, cycles: number) => boolean;
  readonly monotone: boolean;
}

/** @throws TrifoldError for text that is no comparison */
export function limitFrom(text: string, accelerator: Accelerator): FigureLimit {
  const compiled = compileLimit(text);
  const figures = figuresOf(accelerator);
  return { text, monotone: compiled.monotone, holds: (energyPj, cycles) => compiled.holds(figures(energyPj, cycles)) };
}

/** An objective that is infinite where a limit is broken. */
export interface LimitedObjective extends Objective {
  readonly limits: readonly FigureLimit[];
  /** The same without its limits. */
  readonly unlimited: Objective;
}

/** Whether an objective has limits. */
export function isLimited(objective: Objective): objective is LimitedObjective {
  return 'limits' in objective && 'unlimited' in objective;
}

/** An objective that is infinite where a limit is broken; still monotone when both are. */
export function limitedObjective(objective: Objective, limits: readonly FigureLimit[]): Objective | LimitedObjective {
  if (limits.length === 0) return objective;
  return {
    limits,
    unlimited: objective,
    name: `${objective.name} subject to ${limits.map((limit) => limit.text).join(', ')}`,
    monotone: objective.monotone && limits.every((limit) => limit.monotone),
    value: (energyPj, cycles) =>
      limits.every((limit) => limit.holds(energyPj, cycles))
        ? objective.value(energyPj, cycles)
        : Number.POSITIVE_INFINITY,
  };
}

function figuresOf(accelerator: Accelerator): (energyPj: number, cycles: number) => ExpressionValues {
  const area = areaMm2(accelerator) * 1e-6;
  return (energyPj, cycles) => {
    const energy = energyPj * 1e-12;
    const latency = cycles / accelerator.clockHz;
    return { energy, latency, edp: energy * latency, power: energy / latency, cycles, area };
  };
}
