import { pinnedBits } from '../../schedule/plan.ts';
import { isUnfit, type Retention } from '../../schedule/retention.ts';
import type { HeldOperand, Home, Segment, SharedLoop } from '../../schedule/schedule.ts';
import { isReduced, isSliceable } from '../../schedule/shared-axes.ts';
import { residentBits } from '../../schedule/storage-lives.ts';
import { type Frame, unplacedFrame } from '../../schedule/tiles/frame.ts';
import { operatorFacts } from '../../schedule/tiles/operator-facts.ts';
import { isWindowed } from '../../schedule/tiles/reach.ts';
import { subsets } from '../../util/integers.ts';
import type { Sequence } from '../../workload/graph/sequence.ts';
import { AlikeRanges, type FramedRange } from './alike-ranges.ts';
import type { Border, Cuts } from './cuts.ts';
import { type ScheduleSpace, sharedLoops } from './declared-space.ts';
import type { OperatorFloor, OperatorFloors, Reach } from './operator-floors.ts';
import { placesIn, placesKey } from './places.ts';
import { NO_STEPS, type OpenOperand, type SegmentSteps, type StepPricing } from './step-prices.ts';
import { Ways } from './ways.ts';

/** What choices that are alike have in common: the same steps for operators that are alike. */
export interface Way {
  /** None while the loops are not decided. */
  readonly steps: SegmentSteps;
  /** Of each operator, by how its activations reach it; empty for one operator. */
  readonly floors: readonly OperatorFloor[];
}

/** A segment with homes, pins and held operands, as far as they are decided; what is not is as good as it can be. */
export interface Choice {
  readonly first: number;
  readonly end: number;
  readonly border: Border;
  /** Homes of the border's storages: those that are retained. */
  readonly retained: ReadonlySet<number>;
  /** Null: nothing is decided but the range and the homes around it. */
  readonly segment: Segment | null;
  /** Operators whose parameters it pins, ascending. */
  readonly pinned: readonly number[];
  readonly pinnedBits: number;
  /** Operands that are streamed, held or pinned, nobody knows. */
  readonly open: readonly OpenOperand[];
  /** Its steps and floors; choices that are alike have the same object. */
  readonly way: Way;
}

/** Whether something of a choice is not decided. */
export function isUndecided({ segment, open }: Choice): boolean {
  return segment === null || open.length > 0;
}

/** A range of operators with the homes around it. */
type Range = Pick<Choice, 'first' | 'end' | 'border' | 'retained'>;

/** What is known of a range of several operators. */
interface KnownRange extends FramedRange {
  /** Ranges that are alike have the same number. */
  readonly number: number;
  /** The frame where its sink adds up slices of its channels; null: nobody asked for it. */
  sliced: Frame | null;
}

/** What choices are made from. */
export interface ChoiceSource {
  readonly sequence: Sequence;
  readonly retention: Retention;
  readonly cuts: Cuts;
  readonly space: ScheduleSpace;
  readonly pricing: StepPricing;
  readonly floors: OperatorFloors;
}

/** Makes the choices of ranges of operators, and decides them further. */
export class Choices {
  readonly #source: ChoiceSource;
  readonly #steps: Ways;
  readonly #alike: AlikeRanges;
  /** By first operator and end. */
  readonly #ranges = new Map<string, KnownRange | null>();
  readonly #ways = new Map<string, Way | null>();
  /** What was done: segments that were bounded. */
  readonly counts = { bounded: 0 };

  constructor(source: ChoiceSource) {
    this.#source = source;
    this.#steps = new Ways(source);
    this.#alike = new AlikeRanges(source.sequence, source.retention);
  }

  /** All ways to run one operator as a whole. */
  ofOperator(operator: number): Choice[] {
    const border = this.#source.cuts.borderOf(operator, operator + 1);
    const segment: Segment = { first: operator, end: operator + 1, loops: [], halo: 'cached', held: [] };
    const pins = this.#canPin(operator) ? [[], [operator]] : [[]];
    return subsets([...border.entering, ...border.leaving]).flatMap((list) =>
      pins.flatMap((pinned) => {
        const retained = new Set(list);
        this.counts.bounded++;
        const placement = { homes: this.#homesBy(retained), isPinned: (one: number) => pinned.includes(one) };
        const steps = this.#steps.ofOperator(placement, segment);
        if (steps === null || !this.#fits(steps)) return [];
        const range = { first: operator, end: operator + 1, border, retained };
        const way = { steps, floors: [] };
        return [{ ...range, segment, pinned, pinnedBits: this.#bitsOf(pinned), open: [], way }];
      }),
    );
  }

  /** A choice for each way to place what enters and leaves a range of several operators; none where it is no segment. */
  ofRange(first: number, end: number): Choice[] {
    const known = this.#rangeOf(first, end);
    if (known === null) return [];
    const { border, number } = known;
    const { sequence, retention } = this.#source;
    return subsets([...border.entering, ...border.leaving]).flatMap((list) => {
      const range = { first, end, border, retained: new Set(list) };
      const places = placesIn(sequence, retention.keepsWeights, known, { ...range, ...NOTHING_DECIDED });
      if (places === null) return [];
      const way = this.#remembered(`${number};${placesKey(places)}`, () => ({
        steps: NO_STEPS,
        floors: this.#floorsOf(range, this.#maySlice(end - 1)),
      }))!;
      return [{ ...range, segment: null, pinned: [], pinnedBits: 0, open: this.#parameters(range), way }];
    });
  }

  /** Whether a range has one sink: all but its last operator are read in it. Within the longest length, views not counted. */
  isSegment(first: number, end: number): boolean {
    const { sequence, space } = this.#source;
    const operators = sequence.operators.slice(first, end);
    const real = operators.filter(({ kind }) => kind !== 'view').length;
    if (real < 2 || (space.longestSegment !== null && real > space.longestSegment)) return false;
    if (operators.at(-1)!.kind === 'view') return false;
    if (!space.fuses || (!space.fusesViews && real < operators.length)) return false;
    const read = new Set(operators.flatMap(({ inputs }) => inputs));
    return operators.every(({ output }, i) => i === operators.length - 1 || read.has(output));
  }

  /** The choices that decide one thing more: together all that a choice stands for. */
  decide(choice: Choice): Choice[] {
    if (choice.segment === null) return this.#withLoops(choice);
    const [next, ...open] = choice.open;
    if (next === undefined) throw new Error('a choice without open operands is decided');
    const { segment, pinned } = choice;
    const ways: { readonly held: readonly HeldOperand[]; readonly pinned: readonly number[] }[] = [
      { held: segment.held, pinned },
    ];
    if (this.#canHold(next)) {
      const one: HeldOperand =
        next.kind === 'tensor' ? { kind: 'tensor', tensor: next.index } : { kind: 'parameters', operator: next.index };
      ways.push({ held: [...segment.held, one], pinned });
    }
    if (next.kind === 'parameters' && this.#canPin(next.index))
      ways.push({ held: segment.held, pinned: [...pinned, next.index].sort((a, b) => a - b) });
    return ways.flatMap((way) =>
      this.#bounded({ ...choice, open, pinned: way.pinned, segment: { ...segment, held: way.held } }),
    );
  }

  #withLoops(choice: Choice): Choice[] {
    const { first, end } = choice;
    const { sequence, space } = this.#source;
    const made: Choice[] = [];
    const open = this.#operands(choice);
    const { floors } = choice.way;
    const whole = this.#maySlice(end - 1) ? this.#floorsOf(choice, false) : floors;
    for (const loops of sharedLoops(sequence, end - 1, space))
      for (const halo of hasHalo(sequence, choice, loops)
        ? (['cached', 'recomputed'] as const)
        : (['cached'] as const)) {
        const segment: Segment = { first, end, loops, halo, held: [] };
        const way = { ...choice.way, floors: isReduced(segment) ? floors : whole };
        made.push(...this.#bounded({ ...choice, segment, open, way }));
      }
    return made;
  }

  /** Operands from outside with their home in the outermost level, and parameters. */
  #operands(range: Range): OpenOperand[] {
    const { sequence } = this.#source;
    const operators = sequence.operators.slice(range.first, range.end);
    const made = new Set(operators.map(({ output }) => output));
    const tensors = new Set(
      operators
        .flatMap(({ kind, inputs }) => (kind === 'view' ? [] : inputs))
        .filter((tensor) => !made.has(tensor) && !range.retained.has(sequence.tensors[tensor]!.storage)),
    );
    return [...[...tensors].map((index): OpenOperand => ({ kind: 'tensor', index })), ...this.#parameters(range)];
  }

  #parameters({ first, end }: Range): OpenOperand[] {
    const open: OpenOperand[] = [];
    for (let index = first; index < end; index++)
      if (this.#source.floors.parametersOf(index) !== null) open.push({ kind: 'parameters', index });
    return open;
  }

  /** Whether partial sums of an operator may stay in the retention level. */
  #maySlice(sink: number): boolean {
    const { sequence, retention, space } = this.#source;
    const isDeclared = space.loops.some((axes) => axes.includes('reduced'));
    return isDeclared && retention.keepsOutputs && isSliceable(sequence.operators[sink]!);
  }

  /**
   * Floors of the operators of a range by the homes around it: what comes from the outermost level passes it in the steps of its user, where there is one.
   * @param slices whether the sink may leave partial sums in the retention level
   */
  #floorsOf({ first, end, border, retained }: Range, slices: boolean): OperatorFloor[] {
    const { sequence, floors } = this.#source;
    const { tensors, storages } = sequence;
    const operators = sequence.operators.slice(first, end);
    const users = new Map<number, number>();
    for (const { inputs } of operators)
      for (const tensor of inputs) {
        const { storage } = tensors[tensor]!;
        users.set(storage, (users.get(storage) ?? 0) + 1);
      }
    const isKept = (storage: number) => retained.has(storage) || border.inside.includes(storage);
    const reachOf = (tensor: number): Reach => {
      const { storage } = tensors[tensor]!;
      if (isKept(storage)) return 'retained';
      // Of several users each may fetch a part, or words are made inside under another name.
      if (users.get(storage) !== 1) return 'either';
      return border.entering.includes(storage) || storages[storage]!.role === 'input' ? 'fetched' : 'either';
    };
    return operators.map((operator, i) => {
      const isLayer = operator.kind === 'mac';
      const inputs = isLayer ? reachOf(operator.inputs[0]!) : 'either';
      const second = isLayer && operator.second.kind !== 'parameters' ? reachOf(operator.second.tensor) : 'either';
      const place = first + i === end - 1 && !slices ? 'outermost' : 'drained';
      const output = isKept(tensors[operator.output]!.storage) ? 'retained' : place;
      return floors.of(first + i, { inputs, second, output });
    });
  }

  /** The choice with its steps; none where it cannot run so. */
  #bounded(choice: Choice & { readonly segment: Segment }): Choice[] {
    const { first, end, segment, pinned, open, retained } = choice;
    const { loops, halo, held } = segment;
    const { sequence, retention } = this.#source;
    const known = this.#rangeOf(first, end)!;
    const places = placesIn(sequence, retention.keepsWeights, known, {
      retained,
      pinned,
      held,
      open,
      slices: isReduced(segment),
    });
    if (places === null) return [];
    this.counts.bounded++;
    const alike = `${known.number};${loops.map(({ axis, tile }) => `${axis}${tile}`)};${halo}`;
    const way = this.#remembered(`${alike};${placesKey(places)}`, () => {
      const touched = known.border.entering.concat(known.border.leaving).filter((storage) => retained.has(storage));
      const wholeBits = touched.reduce((sum, one) => sum + residentBits(sequence, retention, one, segment), 0);
      const steps = this.#steps.ofRange(alike, segment, this.#frameOf(known, segment), places, wholeBits);
      return steps === null ? null : { steps, floors: choice.way.floors };
    });
    return way === null ? [] : [{ ...choice, pinnedBits: this.#bitsOf(pinned), way }];
  }

  #frameOf(known: KnownRange, segment: Segment): Frame {
    if (!isReduced(segment)) return known.frame;
    if (known.sliced === null) {
      const { sequence, retention } = this.#source;
      const sliced = unplacedFrame(sequence, retention, segment);
      if (isUnfit(sliced)) throw new RangeError('a range whose loops are open cannot be a segment');
      known.sliced = sliced;
    }
    return known.sliced;
  }

  #remembered(key: string, make: () => Way | null): Way | null {
    const before = this.#ways.get(key);
    if (before !== undefined) return before;
    const made = make();
    this.#ways.set(key, made);
    return made;
  }

  /** What is known of a range; null where it is no segment. */
  #rangeOf(first: number, end: number): KnownRange | null {
    const { sequence, retention, cuts } = this.#source;
    const key = `${first},${end}`;
    const before = this.#ranges.get(key);
    if (before !== undefined) return before;
    let known: KnownRange | null = null;
    if (this.isSegment(first, end)) {
      const frame = unplacedFrame(sequence, retention, { first, end, loops: [] });
      const border = cuts.borderOf(first, end);
      // What is made last and never read could only be a tile.
      const sink = sequence.tensors[sequence.operators[end - 1]!.output]!.storage;
      if (!isUnfit(frame) && !border.inside.includes(sink)) {
        const range = { first, end, border, frame };
        known = { ...range, number: this.#alike.numberOf(range), sliced: null };
      }
    }
    this.#ranges.set(key, known);
    return known;
  }

  #homesBy(retained: ReadonlySet<number>): Home[] {
    return this.#source.sequence.storages.map((_, s): Home => (retained.has(s) ? 'retained' : 'outermost'));
  }

  #bitsOf(pinned: readonly number[]): number {
    const { sequence, retention } = this.#source;
    return pinned.reduce((sum, operator) => sum + pinnedBits(sequence, retention, operator), 0);
  }

  /** Whether the fixed parts alone leave no step without room. */
  #fits({ fixedBits }: SegmentSteps): boolean {
    const { capacityBits } = this.#source.retention;
    return capacityBits === null || fixedBits.every((bits) => bits <= capacityBits);
  }

  #canPin(operator: number): boolean {
    const parameters = this.#source.floors.parametersOf(operator);
    return parameters !== null && parameters.bits > 0 && parameters.bits < Number.POSITIVE_INFINITY;
  }

  #canHold({ kind }: OpenOperand): boolean {
    return kind === 'tensor' || this.#source.retention.keepsWeights;
  }
}

const NOTHING_DECIDED = { pinned: [], held: [], open: [], slices: false } as const;

/** Whether tiles of shared loops may need rows or columns of one another: else both ways with halos are one. */
function hasHalo(
  sequence: Sequence,
  { first, end }: Pick<Range, 'first' | 'end'>,
  loops: readonly SharedLoop[],
): boolean {
  const facts = operatorFacts(sequence).slice(first, end);
  return loops.some(({ axis }) => {
    if (axis !== 'p' && axis !== 'q') return false;
    return facts.some(({ reaches }) => reaches.some((reach) => isWindowed(reach, axis === 'p' ? 2 : 3)));
  });
}
