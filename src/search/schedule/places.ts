import type { HeldOperand } from '../../schedule/schedule.ts';
import type { Place } from '../../schedule/tiles/frame.ts';
import type { Sequence } from '../../workload/graph/sequence.ts';
import type { FramedRange } from './alike-ranges.ts';
import type { OpenOperand } from './step-prices.ts';

/** Where an operand of a segment is: `drained` is a tile that also goes to the outermost level, `open` is not decided. */
export type WayPlace = Place | 'drained' | 'open';

/** What is decided of the operands of a range. */
interface DecidedOperands {
  /** Storages whose home is the retention level. */
  readonly retained: ReadonlySet<number>;
  readonly pinned: readonly number[];
  readonly held: readonly HeldOperand[];
  readonly open: readonly OpenOperand[];
  /** Whether the sink adds up slices of its channels. */
  readonly slices: boolean;
}

const LETTERS: { readonly [Key in WayPlace]: string } = {
  streamed: 's',
  held: 'h',
  whole: 'w',
  tile: 't',
  partial: 'p',
  drained: 'd',
  open: 'o',
};

/** Equal for equal places in the same order, in a letter each: searches keep many. */
export function placesKey(places: readonly WayPlace[], operands: Iterable<number> = places.keys()): string {
  let key = '';
  for (const operand of operands) key += LETTERS[places[operand]!];
  return key;
}

/** Where the operands of a range of several operators are, by operand of its frame; null where they cannot be there. @param keepsWeights whether the retention level can hold second operands */
export function placesIn(
  { tensors }: Sequence,
  keepsWeights: boolean,
  { border, frame, end, first }: FramedRange,
  { retained, pinned, held, open, slices }: DecidedOperands,
): WayPlace[] | null {
  const outside = (what: 'tensor' | 'parameters', index: number): WayPlace => {
    if (open.some((one) => one.kind === what && one.index === index)) return 'open';
    const isHeld = held.some(
      (one) => one.kind === what && (one.kind === 'tensor' ? one.tensor : one.operator) === index,
    );
    return isHeld ? 'held' : 'streamed';
  };
  const places = frame.operands.map(({ what, index, maker }): WayPlace => {
    if (what === 'parameters') return pinned.includes(index) ? 'whole' : outside(what, index);
    const { storage } = tensors[index]!;
    if (retained.has(storage)) return 'whole';
    if (maker < 0) return outside(what, index);
    if (maker === end - first - 1) return slices ? 'partial' : 'streamed';
    return border.inside.includes(storage) ? 'tile' : 'drained';
  });
  return isLinked(frame, places) && (keepsWeights || isWithoutWeights(frame, places)) ? places : null;
}

/** Whether no second operand of a layer lies in the retention level. */
function isWithoutWeights({ operators }: FramedRange['frame'], places: readonly WayPlace[]): boolean {
  return operators.every(({ operator, inputs }) => {
    const place = places[inputs[1]!];
    return operator.kind !== 'mac' || place === 'streamed' || place === 'open';
  });
}

/** Whether words from outside that a view passes on lie in the retention level: nothing else is there before it runs. */
function isLinked({ operands, operators }: FramedRange['frame'], places: readonly WayPlace[]): boolean {
  return operators.every(
    ({ operator, inputs }) =>
      operator.kind !== 'view' || inputs.every((input) => operands[input]!.maker >= 0 || places[input] === 'whole'),
  );
}
