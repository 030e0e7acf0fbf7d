import { TrifoldError } from '../util/errors.ts';

/** A real coordinate, optionally bounded on either side (bounds included). */
export interface ContinuousVariable {
  readonly kind: 'continuous';
  readonly low?: number;
  readonly high?: number;
}

/** A coordinate on the grid low, low + step, ... <= high. */
export interface IntegerVariable {
  readonly kind: 'integer';
  readonly low: number;
  readonly high: number;
  /** Distance of neighbouring values, > 0; 1 by default. */
  readonly step?: number;
}

/** A variable behind one Gaussian coordinate. */
export type Variable = ContinuousVariable | IntegerVariable;

/** An unbounded real coordinate. */
export const UNBOUNDED: ContinuousVariable = { kind: 'continuous' };

/** Distance of neighbouring values of an integer variable. */
export function stepOf(variable: IntegerVariable): number {
  return variable.step ?? 1;
}

/** Number of values of an integer variable. */
export function levelsOf(variable: IntegerVariable): number {
  return Math.floor((variable.high - variable.low) / stepOf(variable) + 1e-9) + 1;
}

/** Index of the grid value nearest to `latent`, within the grid. */
export function nearestLevel(variable: IntegerVariable, latent: number): number {
  const level = Math.round((latent - variable.low) / stepOf(variable));
  return Math.min(levelsOf(variable) - 1, Math.max(0, level)) + 0;
}

/** @throws TrifoldError `value` if bounds are crossed, not finite where they must be, or the step is not positive */
export function checkVariable(variable: Variable, index: number): void {
  const { low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY } = variable;
  const legal =
    variable.kind === 'continuous'
      ? low < high
      : low <= high && Number.isFinite(low) && Number.isFinite(high) && stepOf(variable) > 0;
  if (!legal) {
    throw new TrifoldError('value', `variable ${index} has bounds ${low}..${high} that enclose nothing`, {
      keyPath: `variables.${index}`,
    });
  }
}

/**
 * The value that is evaluated for a Gaussian coordinate. Integers: the nearest grid value.
 * Bounded reals: identity inside, joined to each bound by a parabola over a margin a on either side of it and mirrored beyond,
 * so the map is continuously differentiable, periodic and onto [low, high]. a is a twentieth of the width, with one bound (1 + |bound|) / 20.
 */
export function toValue(variable: Variable, latent: number): number {
  if (variable.kind === 'integer') return variable.low + nearestLevel(variable, latent) * stepOf(variable);
  const { low, high } = variable;
  if (low === undefined && high === undefined) return latent;
  const margin = boundMargin(variable);
  let y = latent;
  if (low !== undefined && high !== undefined) {
    const span = high - low + 2 * margin;
    const start = low - margin;
    const phase = (y - start) / (2 * span);
    y = y - 2 * span * Math.floor(phase);
    if (y > start + span) y = 2 * (start + span) - y;
  } else if (low !== undefined && y < low - margin) y = 2 * (low - margin) - y;
  else if (high !== undefined && y > high + margin) y = 2 * (high + margin) - y;
  if (low !== undefined && y < low + margin) y = low + (y - low + margin) ** 2 / (4 * margin);
  else if (high !== undefined && y > high - margin) y = high - (high + margin - y) ** 2 / (4 * margin);
  return Math.min(high ?? y, Math.max(low ?? y, y));
}

/** A Gaussian coordinate that {@link toValue} maps to `value`; values outside the bounds are moved to the nearest bound first. */
export function toLatent(variable: Variable, value: number): number {
  if (variable.kind === 'integer') return variable.low + nearestLevel(variable, value) * stepOf(variable);
  const { low, high } = variable;
  if (low === undefined && high === undefined) return value;
  const margin = boundMargin(variable);
  const x = Math.min(high ?? value, Math.max(low ?? value, value));
  if (low !== undefined && x < low + margin) return low - margin + 2 * Math.sqrt(margin * (x - low));
  if (high !== undefined && x > high - margin) return high + margin - 2 * Math.sqrt(margin * (high - x));
  return x;
}

/** Where the distribution starts for an initial value: as {@link toLatent}, but integers may start between two grid values. */
export function initialLatent(variable: Variable, value: number): number {
  if (variable.kind === 'integer') return Math.min(variable.high, Math.max(variable.low, value));
  return toLatent(variable, value);
}

function boundMargin(variable: ContinuousVariable): number {
  const { low, high } = variable;
  if (low !== undefined && high !== undefined) return (high - low) / 20;
  return (1 + Math.abs(low ?? high ?? 0)) / 20;
}
