import { ceilDiv } from '../../util/integers.ts';
import { DIMS, type Dim, type PerDim, type PerTensor, perTensor, type TensorName } from '../../util/vocabulary.ts';
import type { LayerShape } from '../../workload/network.ts';
import { macCount, type Problem, tensorWords } from '../../workload/problem.ts';
import { type AxisChoice, axisChoices } from './axis-choices.ts';
import type { Border } from './border.ts';
import { plainExtents, type TileFactors } from './extents.ts';
import { type OrderClass, orderClasses } from './order-classes.ts';
import { Staircase } from './staircase.ts';

/** Words that cross the border, by what they are. */
export interface Crossing {
  readonly weights: number;
  readonly inputs: number;
  /** Partial sums that come back into the buffer. */
  readonly outputsRead: number;
  /** Partial sums and results that leave it. */
  readonly outputsWritten: number;
}

/** A stair of a curve: from `heldBits` of room on, nothing moves less until the next one. */
export interface CurveStep {
  /** Room that the tiles of the mapping take. */
  readonly heldBits: number;
  /** What is bounded: words, or their bits. */
  readonly value: number;
  readonly words: Crossing;
  /** Tile in the buffer. */
  readonly extents: PerDim<number>;
  /** Loops outside the buffer, outermost first, those of one step left out. */
  readonly loops: readonly { readonly dim: Dim; readonly bound: number }[];
}

/** What is least: words, or the bits that they have in the outer level. */
export type Counted = 'words' | 'bits';

/** The least that crosses a border, over all mappings, by the room of the buffer. */
export interface TrafficCurve {
  /** By ascending room and falling value; the last is the compulsory traffic. */
  readonly steps: readonly CurveStep[];
  readonly macs: number;
  /** Tiles and orders looked at. */
  readonly tiles: number;
  /** False where extents that only padding may favour were left out. */
  readonly isComplete: boolean;
}

/** How a curve is asked for. */
export interface CurveOptions {
  readonly factors: TileFactors;
  readonly counted: Counted;
  /** Tensors whose home is the buffer: they do not cross, and their tiles take no room beside it. Absent: none. */
  readonly inside?: readonly TensorName[];
  /** Outputs whose home is the buffer, but whose tile takes room beside it until its words are complete. Absent: no. */
  readonly isStaged?: boolean;
  /** Asked now and then; true ends the work without a curve. */
  readonly shouldStop?: () => boolean;
}

/** Tiles between two questions whether to stop. */
const TILES_PER_POLL = 20_000;

/**
 * The curve of a layer: every tile in the buffer with the best order of the loops outside it. Loops inside do not matter, as all tensors pass through the
 * buffer; along G nothing is ever reused, so that a tile has one group.
 * @returns null when stopped
 * @throws TrifoldError `unsupported` for a sliding axis of millions of positions
 */
export function trafficCurve({ problem }: LayerShape, border: Border, options: CurveOptions): TrafficCurve | null {
  const { bounds, tensors } = problem;
  const { factors, counted, inside = [], isStaged = false, shouldStop = () => false } = options;
  const crosses = perTensor((tensor) => !inside.includes(tensor) && !(isStaged && tensor === 'Outputs'));
  const cost = perTensor((tensor) => (crosses[tensor] ? (counted === 'words' ? 1 : border.outerBits[tensor]) : 0));
  const heldBits = perTensor((tensor) => (inside.includes(tensor) ? 0 : border.heldBits[tensor]));
  const sizes = { Weights: tensorWords(problem, 'Weights'), Outputs: tensorWords(problem, 'Outputs') };
  const planes = bounds.N * bounds.G * bounds.C;
  const choose = (axis: 3 | 4) =>
    axisChoices(problem, tensors.Inputs.axes[axis]!, { factors, view: border.view, shouldStop });
  const rows = choose(3);
  const columns = isSquare(problem) ? rows : choose(4);
  if (rows === null || columns === null) return null;
  const choicesOf = (dim: Dim): DimChoice[] =>
    plainExtents(bounds[dim], factors).map((extent) => ({ extent, steps: ceilDiv(bounds[dim], extent) }));
  const [batches, channels, filters] = [choicesOf('N'), choicesOf('C'), choicesOf('K')];
  const stairs = new Staircase<CurveStep>();
  let tiles = 0;
  let sincePoll = 0;
  for (const row of rows.choices)
    for (const column of columns.choices) {
      const classes = orderClasses(row, column);
      for (const n of batches)
        for (const c of channels) {
          const lines = linesOf(classes, n.steps, c.steps);
          const weightBits = heldBits.Weights * c.extent * row.filters * column.filters;
          const outputBits = heldBits.Outputs * n.extent * row.outputs * column.outputs;
          const inputBits = heldBits.Inputs * n.extent * c.extent * row.tileWords * column.tileWords;
          for (const k of filters) {
            let value = Number.POSITIVE_INFINITY;
            let best: Line | undefined;
            for (const line of lines) {
              const own = line.base + line.slope * k.steps;
              if (own >= value) continue;
              value = own;
              best = line;
            }
            const taken = inputBits + k.extent * (weightBits + outputBits);
            if (value < stairs.valueWithin(taken))
              stairs.add(taken, value, stepOf({ row, column, n, c, k }, best!, taken, value));
          }
          tiles += filters.length;
          sincePoll += filters.length;
          if (sincePoll < TILES_PER_POLL) continue;
          sincePoll = 0;
          if (shouldStop()) return null;
        }
    }
  const isComplete = rows.isComplete && columns.isComplete;
  return { steps: stairs.points(), macs: macCount(problem), tiles, isComplete };

  /** What each order moves, as a line over the steps of K; those that another one never exceeds are left out. */
  function linesOf(classes: readonly OrderClass[], batchSteps: number, channelSteps: number): Line[] {
    const lines: Line[] = [];
    for (const order of classes) {
      const weights = order.weightSteps * (order.weightsOverN ? 1 : batchSteps) * sizes.Weights;
      const arrivals = order.outputSteps * (order.outputsOverC ? 1 : channelSteps) * sizes.Outputs;
      const line: Line = {
        order,
        base:
          cost.Weights * weights + cost.Outputs * (2 * arrivals - sizes.Outputs) + cost.Inputs * planes * order.fixed,
        slope: cost.Inputs * planes * order.perStep,
        weights,
        arrivals,
      };
      if (lines.some((other) => isBelow(other, line))) continue;
      for (let i = lines.length - 1; i >= 0; i--) if (isBelow(line, lines[i]!)) lines.splice(i, 1);
      lines.push(line);
    }
    return lines;
  }

  function stepOf(tile: Tile, { order, weights, arrivals }: Line, taken: number, value: number): CurveStep {
    const { row, column, n, c, k } = tile;
    const steps: Record<Dim, number> = {
      ...{ N: n.steps, G: bounds.G, K: k.steps, C: c.steps },
      ...{ P: row.outputSteps, Q: column.outputSteps, R: row.filterSteps, S: column.filterSteps },
    };
    const outside = DIMS.filter((dim) => !order.inner.includes(dim));
    return {
      heldBits: taken,
      value,
      words: {
        weights: crosses.Weights ? weights : 0,
        inputs: !crosses.Inputs ? 0 : planes * (order.perStep * k.steps + order.fixed),
        outputsRead: crosses.Outputs ? arrivals - sizes.Outputs : 0,
        outputsWritten: crosses.Outputs ? arrivals : 0,
      },
      extents: {
        ...{ N: n.extent, G: 1, K: k.extent, C: c.extent },
        ...{ P: row.outputs, Q: column.outputs, R: row.filters, S: column.filters },
      },
      loops: [...outside, ...[...order.inner].reverse()]
        .map((dim) => ({ dim, bound: steps[dim] }))
        .filter(({ bound }) => bound > 1),
    };
  }
}

/** Whether rows and columns of the maps are alike. */
function isSquare({ bounds, stride, dilation, paddingBefore, tensors }: Problem): boolean {
  const [rows, columns] = [tensors.Inputs.axes[3]!, tensors.Inputs.axes[4]!];
  return (
    bounds.P === bounds.Q &&
    bounds.R === bounds.S &&
    rows.length === columns.length &&
    [stride, dilation, paddingBefore].every(([ofRows, ofColumns]) => ofRows === ofColumns)
  );
}

/** An extent of a tile along a dim, with the steps of the loop over it. */
interface DimChoice {
  readonly extent: number;
  readonly steps: number;
}

interface Tile {
  readonly row: AxisChoice;
  readonly column: AxisChoice;
  readonly n: DimChoice;
  readonly c: DimChoice;
  readonly k: DimChoice;
}

/** What an order moves: `base + slope * steps of K`. */
interface Line {
  readonly order: OrderClass;
  readonly base: number;
  readonly slope: number;
  readonly weights: number;
  readonly arrivals: number;
}

/** Whether a line is never above another one. */
function isBelow(one: Line, other: Line): boolean {
  return one.slope <= other.slope && one.base + one.slope <= other.base + other.slope;
}

/** All words that cross. */
export function crossingWords({ weights, inputs, outputsRead, outputsWritten }: Crossing): number {
  return weights + inputs + outputsRead + outputsWritten;
}

/** Bits of all words that cross, as wide as they are in the outer level. */
export function crossingBits(
  { weights, inputs, outputsRead, outputsWritten }: Crossing,
  outerBits: PerTensor<number>,
): number {
  return weights * outerBits.Weights + inputs * outerBits.Inputs + (outputsRead + outputsWritten) * outerBits.Outputs;
}
