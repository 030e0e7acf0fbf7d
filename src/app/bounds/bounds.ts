import type { BoundsRequest } from '../../options/bounds.ts';
import { type LayerCurve, roomsOfStairs, stepsWithin, stepWithin } from '../../search/traffic/layer-curves.ts';
import { type PairCurve, type PairStep, pairCurve } from '../../search/traffic/pair-curve.ts';
import { type CurveStep, crossingBits, crossingWords, trafficCurve } from '../../search/traffic/traffic-curve.ts';
import { TrifoldError } from '../../util/errors.ts';
import { DistinctLayers, repeatsOf } from '../../workload/distinct-layers.ts';
import type { Layer } from '../../workload/network.ts';
import { networkTitle } from '../../workload/network-part.ts';
import { MAX_VALUES } from '../sweep/vary-values.ts';
import { type BoundsInputs, boundsInputs } from './inputs.ts';

/** The least that crosses at a capacity, of all layers together. */
export interface BoundsRow {
  readonly capacityBits: number;
  /** Whether it is that of the accelerator's buffer. */
  readonly isOwn: boolean;
  /** Null where some layer has no tile that fits. */
  readonly figures: {
    readonly words: number;
    readonly bits: number;
    /** Of the words or the bits, whichever are counted, over the compulsory ones. */
    readonly timesCompulsory: number;
    readonly macsPerByte: number;
    /** Of the only layer; null of several. */
    readonly step: CurveStep | null;
  } | null;
  /** Of two layers that run together; null of others, and where they have no room. */
  readonly pair: PairStep | null;
}

/** Result of {@link runBounds}. */
export interface BoundsResult {
  readonly request: BoundsRequest;
  readonly inputs: BoundsInputs;
  /** Network, or the part of it. */
  readonly title: string;
  readonly layers: readonly LayerCurve[];
  readonly rows: readonly BoundsRow[];
  /** Of two layers that may run together. */
  readonly pair: PairCurve | null;
  /** Every word once, and the least capacity with which nothing more crosses. */
  readonly compulsory: { readonly words: number; readonly bits: number; readonly fromBits: number };
  readonly macs: number;
  /** False where extents of tiles were left out that only padding may favour. */
  readonly isComplete: boolean;
}

/** What a run may ask and tell. */
export interface BoundsListener {
  /** True ends the work. */
  readonly shouldStop: () => boolean;
  readonly onLayer: (name: string, place: number, count: number) => void;
}

/**
 * The curves of all layers that cost differently, and their sum at each capacity of the table.
 * @throws TrifoldError for bad input; `infeasible` when no capacity that is asked for holds a tile of every layer, `time-out` when stopped
 */
export function runBounds(request: BoundsRequest, { shouldStop, onLayer }: BoundsListener): BoundsResult {
  const inputs = boundsInputs(request);
  const distinct = new DistinctLayers<Layer>();
  const repeats = repeatsOf(inputs.network.layers, distinct);
  const counted = request.count === 'words' ? 'words' : 'bits';
  // Of one layer it is about one run, as elsewhere.
  const isOne = inputs.network.layers.length === 1;
  const layers = [...repeats].map(([place, runs]): LayerCurve => {
    const repeat = isOne ? 1 : runs;
    const layer = distinct.layers[place]!;
    onLayer(layer.name, place, repeats.size);
    const border = inputs.borderOf(layer);
    const curve = trafficCurve(layer, border, { factors: request.factors, counted, shouldStop });
    if (curve === null) throw timeOver(layer.name);
    return { layer, repeat, border, curve };
  });
  const pair = pairOf(inputs, { factors: request.factors, counted, shouldStop }, onLayer);
  const last = layers.map(({ curve }) => curve.steps.at(-1)!);
  const compulsory = { ...sums(layers, last), fromBits: Math.max(...last.map(({ heldBits }) => heldBits)) };
  const own = inputs.named?.capacityBits ?? null;
  const macs = layers.reduce((sum, { repeat, curve }) => sum + repeat * curve.macs, 0);
  const asked =
    inputs.capacities ??
    doubling(roomsOfStairs(layers)[0]!, Math.max(compulsory.fromBits, pair?.steps.at(-1)?.heldBits ?? 0));
  const rooms = [...new Set([...asked, ...(own === null ? [] : [own])])].sort((a, b) => a - b);
  const rows = rooms.map((capacityBits): BoundsRow => {
    const steps = stepsWithin(layers, capacityBits);
    const together = pair?.steps.findLast(({ heldBits }) => heldBits <= capacityBits) ?? null;
    const row = { capacityBits, isOwn: capacityBits === own, pair: together };
    if (steps === null) return { ...row, figures: null };
    const { words, bits } = sums(layers, steps);
    const timesCompulsory = counted === 'words' ? words / compulsory.words : bits / compulsory.bits;
    const step = layers.length === 1 ? steps[0]! : null;
    return { ...row, figures: { words, bits, timesCompulsory, macsPerByte: (8 * macs) / bits, step } };
  });
  const { network } = inputs;
  const [only] = network.layers;
  const alone = isOne && only!.name !== network.name ? `${network.name} ${only!.name}` : networkTitle(network);
  const title = inputs.pair === null ? alone : `${network.name} ${inputs.pair.names.join(' + ')}`;
  if (rows.every(({ figures }) => figures === null))
    throw new TrifoldError('infeasible', `no capacity that is asked for holds a tile of each tensor of ${title}`, {
      hint: `the least that does has ${roomsOfStairs(layers)[0]! / 8} B`,
    });
  const isComplete = layers.every(({ curve }) => curve.isComplete);
  return { request, inputs, title, layers, rows, pair, compulsory, macs, isComplete };
}

/** What a layer needs for compulsory traffic, and how far from it the accelerator's buffer leaves it. */
export interface LayerNeed {
  readonly name: string;
  readonly repeat: number;
  readonly macs: number;
  readonly compulsoryWords: number;
  readonly fromBits: number;
  /** Least at the capacity of the accelerator's buffer over the compulsory; null where there is none or no tile fits. */
  readonly timesThere: number | null;
}

/** The needs of all layers. */
export function layerNeeds({ layers, rows }: Pick<BoundsResult, 'layers' | 'rows'>): readonly LayerNeed[] {
  const own = rows.find(({ isOwn }) => isOwn);
  return layers.map(({ layer, repeat, curve }) => {
    const last = curve.steps.at(-1)!;
    const there = own === undefined ? undefined : stepWithin(curve, own.capacityBits);
    return {
      ...{ name: layer.name, repeat, macs: curve.macs },
      compulsoryWords: crossingWords(last.words),
      fromBits: last.heldBits,
      timesThere: there === undefined ? null : there.value / last.value,
    };
  });
}

/** The stairs of the sum of all layers between the capacities of the table: room in bits, words or bits, whichever are counted. */
export function summedStairs({ layers, rows, request }: BoundsResult): { readonly x: number; readonly y: number }[] {
  const [from, to] = [rows[0]!.capacityBits, rows.at(-1)!.capacityBits];
  const rooms = [...roomsOfStairs(layers), from, to].filter((bits) => bits >= from && bits <= to).sort((a, b) => a - b);
  return rooms.flatMap((x) => {
    const steps = stepsWithin(layers, x);
    return steps === null ? [] : [{ x, y: sums(layers, steps)[request.count === 'words' ? 'words' : 'bits'] }];
  });
}

/** The stairs of two layers together between the capacities of the table; none of others. */
export function pairStairs({
  pair,
  rows,
}: Pick<BoundsResult, 'pair' | 'rows'>): { readonly x: number; readonly y: number }[] {
  const [from, to] = [rows[0]!.capacityBits, rows.at(-1)!.capacityBits];
  return (pair?.steps ?? [])
    .filter(({ heldBits }, i, all) => heldBits <= to && (all[i + 1]?.heldBits ?? Number.POSITIVE_INFINITY) > from)
    .map(({ heldBits, value }) => ({ x: Math.max(from, heldBits), y: value }));
}

function timeOver(what: string): TrifoldError {
  return new TrifoldError('time-out', `the time was over before the curve of ${what} was finished`, {
    hint: 'allow more with --time, choose layers with --layer, or take --factors perfect',
  });
}

function pairOf(
  { pair }: BoundsInputs,
  options: Parameters<typeof pairCurve>[2],
  onLayer: BoundsListener['onLayer'],
): PairCurve | null {
  if (pair === null) return null;
  const name = pair.names.join(' + ');
  onLayer(name, 2, 3);
  const curve = pairCurve(pair.sequence, pair.first, options);
  if (curve === null) throw timeOver(name);
  return curve;
}

/** What crosses in all runs of all layers. */
function sums(layers: readonly LayerCurve[], steps: readonly CurveStep[]): { words: number; bits: number } {
  return layers.reduce(
    (sum, { repeat, border }, i) => ({
      words: sum.words + repeat * crossingWords(steps[i]!.words),
      bits: sum.bits + repeat * crossingBits(steps[i]!.words, border.outerBits),
    }),
    { words: 0, bits: 0 },
  );
}

/** Powers of two bytes, from the first that holds the least tiles to the first with compulsory traffic. */
function doubling(fromBits: number, toBits: number): number[] {
  const rooms: number[] = [];
  for (let bits = 8 * 2 ** Math.ceil(Math.log2(fromBits / 8)); rooms.length < MAX_VALUES; bits *= 2) {
    rooms.push(bits);
    if (bits >= toBits) break;
  }
  return rooms;
}
