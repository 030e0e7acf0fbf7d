import { BOX, boxWords, type IterationBoxes } from './boxes.ts';
import type { Frame } from './frame.ts';

/**
 * How many iterations behind the last of three are like it, all boxes moved on: where the three move evenly, every box follows those that need it at the same
 * pace, and none is clipped until then. At most `left`; 0: none is known to be.
 */
export function steadyIterations(
  { operands, operators }: Frame,
  first: IterationBoxes,
  second: IterationBoxes,
  third: IterationBoxes,
  left: number,
): number {
  for (let operand = 0; operand < operands.length; operand++) {
    if (second.moved[operand] !== third.moved[operand]) return 0;
    for (let i = BOX * operand; i < BOX * (operand + 1); i += 2) {
      const pace = paceOf(second.need, third.need, i);
      if (pace === null || pace !== paceOf(first.need, second.need, i)) return 0;
    }
  }
  let most = left;
  for (let at = 0; at < operators.length; at++) {
    const made = BOX * at;
    const isIdle = boxWords(third.made, made) === 0;
    if (isIdle !== (boxWords(second.made, made) === 0)) return 0;
    if (isIdle) continue;
    for (let i = made; i < made + BOX; i += 2) if (paceOf(second.made, third.made, i) === null) return 0;
    const { inputs, reaches } = operators[at]!;
    for (let input = 0; input < inputs.length; input++) {
      const { rules, sizes } = reaches[input]!;
      const need = BOX * inputs[input]!;
      for (let axis = 0; axis < 4; axis++) {
        const pace = third.need[need + 2 * axis]! - second.need[need + 2 * axis]!;
        const source = rules[5 * axis]!;
        if (source < 0) {
          if (pace !== 0) return 0;
          continue;
        }
        const place = made + 2 * source;
        const own = third.made[place]! - second.made[place]!;
        const scale = rules[5 * axis + 1]! / rules[5 * axis + 2]!;
        if (own * scale !== pace) return 0;
        if (pace === 0) continue;
        const from = second.made[place]! * scale - rules[5 * axis + 3]!;
        const to = third.made[place + 1]! * scale + rules[5 * axis + 4]!;
        if (from < 0 || pace < 0) return 0;
        most = Math.min(most, Math.floor((sizes[axis]! - to) / pace));
      }
    }
  }
  return Math.max(0, most);
}

/** Positions by which an interval moves from one iteration to the next; null: it changes its length. */
function paceOf(before: Int32Array, after: Int32Array, at: number): number | null {
  const pace = after[at]! - before[at]!;
  return after[at + 1]! - before[at + 1]! === pace ? pace : null;
}
