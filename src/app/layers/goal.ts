import { type Accelerator, areaMm2 } from '../../accelerator/accelerator.ts';
import { compileLimit, compileObjective } from '../../formats/quantity/expression.ts';
import type { ExpressionValues } from '../../formats/quantity/expression-units.ts';
import { type FigureLimit, limitedObjective } from '../../search/mapping/figure-limits.ts';
import { supportingObjective } from '../../search/mapping/network-optimum.ts';
import { ED2P, EDP, ENERGY, LATENCY, type Objective, ownObjective } from '../../search/mapping/objective.ts';
import { TrifoldError } from '../../util/errors.ts';
import type { EnergyAndCycles } from '../../util/network-totals.ts';
import { energyText } from '../../util/quantity-text.ts';
import type { Network } from '../../workload/network.ts';
import { isOneLayer } from './one-layer.ts';

/** An objective and limits as a command line words them. */
export interface TextGoal {
  readonly kind: 'text';
  readonly objective: string;
  readonly subjectTo: readonly string[];
}

/** The objective that layers are mapped for, as plain data: the texts of a command line, or a supporting line of the network optimum. */
export type LayerGoal =
  | TextGoal
  /** energy + lambda * cycles; null = least latency. */
  | { readonly kind: 'supporting-line'; readonly lambda: number | null };

/** A named objective without limits. */
export function namedGoal(objective: 'edp' | 'energy' | 'latency' | 'ed2p'): TextGoal {
  return { kind: 'text', objective, subjectTo: [] };
}

/** Figures that can be held while the other one is minimized. */
export type PinnedFigure = 'latency' | 'energy';

/**
 * The goal of a slice: the least of the other figure, with the pinned one no higher than in some other answer.
 * @param sums of that answer
 */
export function pinnedGoal(
  { subjectTo }: TextGoal,
  pin: PinnedFigure,
  sums: EnergyAndCycles,
  network: Pick<Network, 'layers' | 'graph'>,
  accelerator: Accelerator,
): TextGoal {
  // Limits of one layer are on one run of it, the sums are over its repeats.
  const runs = isOneLayer(network, accelerator) ? network.layers[0]!.repeat : 1;
  const [objective, limit] =
    pin === 'latency'
      ? ['energy', `cycles <= ${sums.cycles / runs}`]
      : ['latency', `energy <= ${(sums.energyPj / runs) * 1e-12} J`];
  return { kind: 'text', objective, subjectTo: [...subjectTo, limit] };
}

const NAMED: ReadonlyMap<string, Objective> = new Map(
  [EDP, ENERGY, LATENCY, ED2P].map((objective) => [objective.name, objective]),
);

/** Whether a goal is one of energy and cycles alone, and monotone: supporting lines, and named objectives without limits. */
export function isNamedGoal(goal: LayerGoal): boolean {
  return goal.kind === 'supporting-line' || (NAMED.has(goal.objective) && goal.subjectTo.length === 0);
}

/** The objective of a goal; expressions may name the area of the accelerator. @throws TrifoldError for text that is no expression or limit */
export function goalObjective(goal: LayerGoal, accelerator: Accelerator): Objective {
  if (goal.kind === 'supporting-line') return supportingObjective(goal.lambda);
  return limitedObjective(
    objectiveFrom(goal.objective, accelerator),
    goal.subjectTo.map((text) => limitFrom(text, accelerator)),
  );
}

/**
 * The objective of a command line: a name, or an expression in energy, latency, edp, power, cycles, area (SI units).
 * @throws TrifoldError for text that is no expression, or names an area that the accelerator does not state
 */
export function objectiveFrom(text: string, accelerator: Accelerator): Objective {
  const named = NAMED.get(text);
  if (named !== undefined) return named;
  const { value, monotone, isLogarithm } = compileObjective(text);
  const figures = figuresOf(accelerator);
  const finite = (energyPj: number, cycles: number): number => {
    const own = value(figures(energyPj, cycles));
    if (Number.isFinite(own) || !Number.isFinite(energyPj) || energyPj <= 0) return own;
    throw new TrifoldError(
      'value',
      `the objective '${text}' is ${own} at ${energyText(energyPj)} and ${cycles} cycles on ${accelerator.name}`,
      { hint: 'a division by zero, or the logarithm of zero or less: an objective must be a number for every mapping' },
    );
  };
  if (/\barea\b/.test(text) && areaMm2(accelerator) === 0)
    throw new TrifoldError('value', `the objective '${text}' names the area, which ${accelerator.name} does not state`);
  return ownObjective(text, finite, monotone, isLogarithm);
}

/** A limit of a command line, e.g. `latency < 2 ms`. @throws TrifoldError for text that is no comparison */
export function limitFrom(text: string, accelerator: Accelerator): FigureLimit {
  const compiled = compileLimit(text);
  const figures = figuresOf(accelerator);
  return { text, monotone: compiled.monotone, holds: (energyPj, cycles) => compiled.holds(figures(energyPj, cycles)) };
}

function figuresOf(accelerator: Accelerator): (energyPj: number, cycles: number) => ExpressionValues {
  const area = areaMm2(accelerator) * 1e-6;
  return (energyPj, cycles) => {
    const energy = energyPj * 1e-12;
    const latency = cycles / accelerator.clockHz;
    return { energy, latency, edp: energy * latency, power: energy / latency, cycles, area };
  };
}
