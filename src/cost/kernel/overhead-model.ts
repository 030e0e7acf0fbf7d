import type { Accelerator, StorageLevel } from '../../accelerator/accelerator.ts';
import { DIMS, type PerDim, TENSORS } from '../../util/vocabulary.ts';
import type { CostOptions } from '../evaluation.ts';
import { launchCyclesOf } from '../level-overheads.ts';
import { type Drain, drainBy, reuseRule } from '../temporal-reuse.ts';

/** What an accelerator states beside counts, for one layer; arrays by level from the outermost inwards. */
export interface OverheadModel {
  /** Whether anything below is stated at all. */
  readonly isAny: boolean;
  /** [level]: cycles of a visit; 0: not stated. */
  readonly launchCycles: Float64Array;
  /** [level]: bit t set: tiles of tensor t come anew at every visit. */
  readonly refetch: Uint8Array;
  /** [level]: 1: partial sums never leave to come back. */
  readonly noSpill: Uint8Array;
  readonly isAnySpillBanned: boolean;
  /** [level]: 1: all Outputs on their way out are read; 1: finished ones alone. By the rule of temporal reuse. */
  readonly isDrained: Uint8Array;
  readonly drainsFinished: Uint8Array;
  /** [level]: 1: transfers add up with compute. */
  readonly isSerial: Uint8Array;
  /** [level]: 1: a fill of the array below is stated; its cycles per load and least rows; cycles of a ramp. */
  readonly hasFill: Uint8Array;
  readonly fillCycles: Float64Array;
  readonly leastRows: Float64Array;
  readonly rampCycles: Float64Array;
  /** [level]: contiguous bytes and cycles of a request; 0: not stated. */
  readonly requestBytes: Float64Array;
  readonly requestCycles: Float64Array;
  readonly isAnyRequested: boolean;
  /** [level * 3 + tensor]: dims of contiguous words, fastest first; null: no requests. */
  readonly layout: readonly (Uint8Array | null)[];
}

/** Compiles the overheads of an accelerator for a layer of the given bounds. */
export function compileOverheads(
  bounds: PerDim<number>,
  { levels }: Accelerator,
  { temporalReuse }: CostOptions,
): OverheadModel {
  const rule = reuseRule(temporalReuse);
  const figures = (value: (level: StorageLevel) => number | undefined) =>
    Float64Array.from(levels, (level) => value(level) ?? 0);
  const flags = (has: (level: StorageLevel) => boolean) => Uint8Array.from(levels, (level) => (has(level) ? 1 : 0));
  const drains = (what: Drain) =>
    Uint8Array.from(levels, ({ drain }, index) => (drainBy(rule, drain, index) === what ? 1 : 0));
  const layout = levels.flatMap(({ requests }) =>
    TENSORS.map((tensor) => {
      const dims = requests?.layout[tensor];
      return dims === undefined ? null : Uint8Array.from([...dims].reverse(), (dim) => DIMS.indexOf(dim));
    }),
  );
  return {
    isAny: levels.some(
      ({ launch, refetch, spill, requests, drain, overlap, fanOut }) =>
        (launch ?? refetch ?? spill ?? requests ?? drain ?? overlap ?? fanOut.fill ?? fanOut.rampCycles) !== undefined,
    ),
    launchCycles: figures(({ launch }) => launchCyclesOf(launch, bounds)),
    refetch: Uint8Array.from(levels, ({ refetch = [] }) =>
      refetch.reduce((bits, tensor) => bits | (1 << TENSORS.indexOf(tensor)), 0),
    ),
    noSpill: flags(({ spill }) => spill === 'never'),
    isAnySpillBanned: levels.some(({ spill }) => spill === 'never'),
    isDrained: drains('all'),
    drainsFinished: drains('finished'),
    isSerial: flags(({ overlap }) => overlap === 'none'),
    hasFill: flags(({ fanOut }) => fanOut.fill !== undefined),
    fillCycles: figures(({ fanOut }) => fanOut.fill?.cyclesPerLoad),
    leastRows: figures(({ fanOut }) => fanOut.fill?.leastRows),
    rampCycles: figures(({ fanOut }) => fanOut.rampCycles),
    requestBytes: figures(({ requests }) => requests?.bytes),
    requestCycles: figures(({ requests }) => requests?.cycles),
    isAnyRequested: levels.some(({ requests }) => requests !== undefined),
    layout,
  };
}
