import type { Graph, GraphOperator } from './graph.ts';

/** Runs of an operator that are alike: in the first run of a repeated block, in its last, or in all of those between. */
export interface OperatorRuns {
  readonly operator: GraphOperator;
  /** Times that the network has such a run. */
  readonly count: number;
  /** Times that the operator runs each time: a layer that repeats on the same input, and the function that follows it. */
  readonly copies: number;
  /** What it reads, as numbers that tell apart what different runs make; -1 where nobody made it. */
  readonly inputs: readonly number[];
  readonly output: number;
}

/**
 * The runs of all operators, in an order in which they can run. What flows out of one run of a block flows into the next, so that first, last and those
 * between are all that differ, however often a block repeats.
 */
export function operatorRuns({ tensors, operators, blocks, inputs }: Graph): OperatorRuns[] {
  const runs: OperatorRuns[] = [];
  let made = 0;
  /** What stands for a tensor now. */
  const current = new Int32Array(tensors.length).fill(-1);
  for (const tensor of inputs) current[tensor] = made++;
  const walk = (first: number, end: number, from: number, count: number, repeat: number): void => {
    let next = from;
    for (let index = first; index < end; ) {
      while (next < blocks.length && (blocks[next]!.first < index || blocks[next]!.end === blocks[next]!.first)) next++;
      const block = blocks[next];
      if (block === undefined || block.first !== index || block.end > end) {
        const operator = operators[index]!;
        const read = operator.inputs.map((tensor) => current[tensor] ?? -1);
        runs.push({ operator, count, copies: operator.repeat / repeat, inputs: read, output: made });
        current[operator.output] = made++;
        index++;
        continue;
      }
      const { input, output } = block;
      const outer = input === null ? -1 : current[input]!;
      for (const [i, times] of alikeRuns(block.repeat).entries()) {
        if (i > 0 && input !== null) current[input] = current[output]!;
        walk(index, block.end, next + 1, count * times, repeat * block.repeat);
      }
      if (input !== null) current[input] = outer;
      index = block.end;
    }
  };
  walk(0, operators.length, 0, 1, 1);
  return runs;
}

/** How many runs of a block are like its first, those between, and its last. */
function alikeRuns(repeat: number): number[] {
  return repeat > 2 ? [1, repeat - 2, 1] : new Array<number>(repeat).fill(1);
}
