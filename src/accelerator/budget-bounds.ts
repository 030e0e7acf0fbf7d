import { type Accelerator, capacityBits, childrenOf, type StorageLevel } from './accelerator.ts';

/** Least and most of a parameter; absent: not bounded on that side. */
export interface ParameterBounds {
  readonly least?: number;
  readonly most?: number;
}

/** Bounds of the parameters of an accelerator. */
export interface BudgetBounds {
  /** Of one instance in bits, by the name of the level; `buffer` and `registers` stand for the outermost and the innermost on-chip level. */
  readonly capacityBits?: Readonly<Record<string, ParameterBounds>>;
  /** Of the array with most children: children along each axis, by its name. The array has these axes and no others. */
  readonly axisSizes?: Readonly<Record<string, ParameterBounds>>;
}

/** A parameter outside its bounds. */
export interface BoundViolation {
  readonly resource: `capacity of ${string}` | `size of axis ${string}`;
  readonly unit: '' | 'bit';
  /** The bound that is broken. */
  readonly limit: number;
  /** 0 where there is no such level or axis. */
  readonly used: number;
  /** Relative; > 0. */
  readonly excess: number;
  /** Whether `limit` is a least value. */
  readonly isLeast: boolean;
}

/** The level that the bounds of a budget name; undefined where there is none. */
export function boundedLevel<L extends { readonly name: string }>(levels: readonly L[], name: string): L | undefined {
  const onChip = levels.slice(1);
  return (
    levels.find((level) => level.name === name) ??
    (name === 'buffer' ? onChip[0] : name === 'registers' ? onChip.at(-1) : undefined)
  );
}

/** Bounds that an accelerator breaks. */
export function brokenBounds({ levels }: Pick<Accelerator, 'levels'>, bounds: BudgetBounds): BoundViolation[] {
  const { capacityBits: capacities = {}, axisSizes } = bounds;
  const ofLevels = Object.entries(capacities).flatMap(([name, bound]) => {
    const level = boundedLevel(levels, name);
    const bits = level === undefined ? 0 : (capacityBits(level.capacity) ?? Number.POSITIVE_INFINITY);
    return outside(`capacity of ${name}`, 'bit', bits, bound);
  });
  if (axisSizes === undefined) return ofLevels;
  const { dimensions } = largestArray(levels).fanOut;
  const names = new Set([...Object.keys(axisSizes), ...dimensions.map(({ name }) => name)]);
  const ofAxes = [...names].flatMap((name) => {
    const size = dimensions.find((axis) => axis.name === name)?.size;
    const bound = axisSizes[name];
    if (bound === undefined) return outside(`size of axis ${name}`, '', size ?? 1, { most: 1 });
    return outside(`size of axis ${name}`, '', size ?? 0, { ...bound, least: bound.least ?? 1 });
  });
  return [...ofLevels, ...ofAxes];
}

function largestArray(levels: readonly StorageLevel[]): StorageLevel {
  return levels.reduce((largest, level) => (childrenOf(level) > childrenOf(largest) ? level : largest));
}

function outside(
  resource: BoundViolation['resource'],
  unit: BoundViolation['unit'],
  used: number,
  { least = 0, most = Number.POSITIVE_INFINITY }: ParameterBounds,
): BoundViolation[] {
  if (used < least)
    return [
      {
        resource,
        unit,
        limit: least,
        used,
        excess: used === 0 ? Number.POSITIVE_INFINITY : least / used - 1,
        isLeast: true,
      },
    ];
  return used > most ? [{ resource, unit, limit: most, used, excess: used / most - 1, isLeast: false }] : [];
}
