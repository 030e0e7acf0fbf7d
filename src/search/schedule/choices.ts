import { pinnedBits, planSegment } from '../../schedule/plan.ts';
import { isUnfit, type Retention } from '../../schedule/retention.ts';
import type { HeldOperand, Home, Segment, SharedLoop } from '../../schedule/schedule.ts';
import type { SegmentPlan } from '../../schedule/step-kind.ts';
import type { AxisName, Sequence } from '../../workload/graph/sequence.ts';
import type { Border, Cuts } from './cuts.ts';
import { type ScheduleSpace, sharedLoops } from './declared-space.ts';
import { type OpenOperand, type PricedStep, pricedSteps, type StepPricing } from './step-prices.ts';

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
  /** Empty while `segment` is null. */
  readonly steps: readonly PricedStep[];
}

/** What choices are made from. */
export interface ChoiceSource {
  readonly sequence: Sequence;
  readonly retention: Retention;
  readonly cuts: Cuts;
  readonly space: ScheduleSpace;
  readonly pricing: StepPricing;
}

/** Makes the choices of ranges of operators, and decides them further. */
export class Choices {
  readonly #source: ChoiceSource;
  /** Plans made, and those that cannot run. */
  readonly counts = { planned: 0, unfit: 0 };

  constructor(source: ChoiceSource) {
    this.#source = source;
  }

  /** All ways to run one operator as a whole. */
  ofOperator(operator: number): Choice[] {
    const border = this.#source.cuts.borderOf(operator, operator + 1);
    const segment: Segment = { first: operator, end: operator + 1, loops: [], halo: 'cached', held: [] };
    const pins = this.#canPin(operator) ? [[], [operator]] : [[]];
    return subsets([...border.entering, ...border.leaving]).flatMap((retained) =>
      pins.flatMap((pinned) => {
        const made = this.#planned({ border, retained: new Set(retained), segment, pinned, open: [] });
        return made === null ? [] : [made];
      }),
    );
  }

  /** A choice for each way to place what enters and leaves a range of several operators; none where it is no segment. */
  ofRange(first: number, end: number): Choice[] {
    if (!this.isSegment(first, end)) return [];
    const border = this.#source.cuts.borderOf(first, end);
    return subsets([...border.entering, ...border.leaving]).map((retained) => ({
      first,
      end,
      border,
      retained: new Set(retained),
      segment: null,
      pinned: [],
      pinnedBits: 0,
      open: [],
      steps: [],
    }));
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
    return ways.flatMap((way) => {
      const made = this.#planned({ ...choice, open, pinned: way.pinned, segment: { ...segment, held: way.held } });
      return made === null ? [] : [made];
    });
  }

  #withLoops(choice: Choice): Choice[] {
    const { first, end } = choice;
    const { sequence, space } = this.#source;
    const made: Choice[] = [];
    for (const loops of sharedLoops(sequence, end - 1, space))
      for (const halo of isWindowed(loops) ? (['cached', 'recomputed'] as const) : (['cached'] as const)) {
        const segment: Segment = { first, end, loops, halo, held: [] };
        const planned = this.#planned({ ...choice, segment, open: this.#operands(choice) });
        if (planned !== null) made.push(planned);
      }
    return made;
  }

  /** Operands from outside with their home in the outermost level, and parameters. */
  #operands({ first, end, retained }: Choice): OpenOperand[] {
    const { sequence } = this.#source;
    const operators = sequence.operators.slice(first, end);
    const made = new Set(operators.map(({ output }) => output));
    const tensors = new Set(
      operators
        .flatMap(({ kind, inputs }) => (kind === 'view' ? [] : inputs))
        .filter((tensor) => !made.has(tensor) && !retained.has(sequence.tensors[tensor]!.storage)),
    );
    return [
      ...[...tensors].map((index): OpenOperand => ({ kind: 'tensor', index })),
      ...operators.flatMap((operator, i): OpenOperand[] =>
        operator.kind === 'mac' && operator.second.kind === 'parameters'
          ? [{ kind: 'parameters', index: first + i }]
          : [],
      ),
    ];
  }

  #planned(
    choice: Pick<Choice, 'border' | 'retained' | 'pinned' | 'open'> & { readonly segment: Segment },
  ): Choice | null {
    const { sequence, retention, pricing } = this.#source;
    const { border, retained, segment, pinned, open } = choice;
    const homes = sequence.storages.map(
      (_, s): Home =>
        border.inside.includes(s) && segment.end - segment.first > 1
          ? 'fused'
          : retained.has(s)
            ? 'retained'
            : 'outermost',
    );
    this.counts.planned++;
    const isPinned = (operator: number) => pinned.includes(operator);
    const plan = planSegment(sequence, retention, { homes, isPinned }, segment);
    if (isUnfit(plan) || !this.#fits(plan)) {
      this.counts.unfit++;
      return null;
    }
    const bits = pinned.reduce((sum, operator) => sum + pinnedBits(sequence, retention, operator), 0);
    const isOpen = (operator: number, operand: number | 'weights') => this.#isOpen(open, operator, operand);
    return {
      ...choice,
      first: segment.first,
      end: segment.end,
      pinnedBits: bits,
      steps: pricedSteps(plan, pricing, isOpen),
    };
  }

  /** Whether the fixed parts alone leave no step without room. */
  #fits({ kinds }: SegmentPlan): boolean {
    const { capacityBits } = this.#source.retention;
    return capacityBits === null || kinds.every(({ fixedBits }) => fixedBits <= capacityBits);
  }

  #isOpen(open: readonly OpenOperand[], operator: number, operand: number | 'weights'): boolean {
    if (open.length === 0) return false;
    const one = this.#source.sequence.operators[operator]!;
    if (operand === 'weights' && one.kind === 'mac' && one.second.kind === 'parameters')
      return open.some(({ kind, index }) => kind === 'parameters' && index === operator);
    const tensor =
      operand === 'weights'
        ? one.kind === 'mac' && one.second.kind !== 'parameters'
          ? one.second.tensor
          : -1
        : one.inputs[operand];
    return open.some(({ kind, index }) => kind === 'tensor' && index === tensor);
  }

  #canPin(operator: number): boolean {
    const { sequence, retention, space } = this.#source;
    if (!space.pins || !retention.keepsWeights) return false;
    const bits = pinnedBits(sequence, retention, operator);
    return bits > 0 && bits <= (retention.capacityBits ?? Number.POSITIVE_INFINITY);
  }

  #canHold({ kind }: OpenOperand): boolean {
    return kind === 'tensor' || this.#source.retention.keepsWeights;
  }
}

/** Whether shared loops run over rows or columns, where tiles may overlap. */
function isWindowed(loops: readonly SharedLoop[]): boolean {
  const windowed: readonly AxisName[] = ['p', 'q'];
  return loops.some(({ axis }) => windowed.includes(axis));
}

function subsets(of: readonly number[]): number[][] {
  return of.reduce<number[][]>((all, one) => all.flatMap((set) => [set, [...set, one]]), [[]]);
}
