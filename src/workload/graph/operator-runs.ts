import type { Block, Graph, GraphOperator } from './graph.ts';

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
export function operatorRuns(graph: Graph): OperatorRuns[] {
  return walkRuns(graph, alikeRuns);
}

/** A run of an operator with blocks written out; `count` is 1. */
export interface WrittenOutRun extends OperatorRuns {
  /** Name of the operator with the number of the run, from 0, behind each block that repeats: `encoder[3].query`. */
  readonly name: string;
}

/** Each run of each operator, in an order in which they can run; as many as all repeats together. */
export function writtenOutRuns(graph: Graph): WrittenOutRun[] {
  return walkRuns(graph, (repeat) => new Array<number>(repeat).fill(1)).map((run) => ({ ...run, name: nameOf(run) }));
}

function nameOf({ operator, around }: RunInBlocks): string {
  let { name } = operator;
  // Names of inner blocks begin with those of outer ones.
  for (const { block, run } of [...around].reverse()) {
    if (block.repeat === 1) continue;
    const isInFront = name === block.name || name.startsWith(`${block.name}.`);
    name = isInFront ? `${block.name}[${run}]${name.slice(block.name.length)}` : `${block.name}[${run}].${name}`;
  }
  return name;
}

interface RunInBlocks extends OperatorRuns {
  /** Blocks around it, outermost first, with the number of the run. */
  readonly around: readonly { readonly block: Block; readonly run: number }[];
}

/** @param runsOf how often each kind of run of a block occurs, in order */
function walkRuns({ tensors, operators, blocks, inputs }: Graph, runsOf: (repeat: number) => number[]): RunInBlocks[] {
  const runs: RunInBlocks[] = [];
  let made = 0;
  /** What stands for a tensor now. */
  const current = new Int32Array(tensors.length).fill(-1);
  for (const tensor of inputs) current[tensor] = made++;
  const walk = (
    first: number,
    end: number,
    from: number,
    count: number,
    repeat: number,
    around: RunInBlocks['around'],
  ): void => {
    let next = from;
    for (let index = first; index < end; ) {
      while (next < blocks.length && (blocks[next]!.first < index || blocks[next]!.end === blocks[next]!.first)) next++;
      const block = blocks[next];
      if (block === undefined || block.first !== index || block.end > end) {
        const operator = operators[index]!;
        const read = operator.inputs.map((tensor) => current[tensor] ?? -1);
        runs.push({ operator, count, copies: operator.repeat / repeat, inputs: read, output: made, around });
        current[operator.output] = made++;
        index++;
        continue;
      }
      const { input, output } = block;
      const outer = input === null ? -1 : current[input]!;
      for (const [i, times] of runsOf(block.repeat).entries()) {
        if (i > 0 && input !== null) current[input] = current[output]!;
        walk(index, block.end, next + 1, count * times, repeat * block.repeat, [...around, { block, run: i }]);
      }
      if (input !== null) current[input] = outer;
      index = block.end;
    }
  };
  walk(0, operators.length, 0, 1, 1, []);
  return runs;
}

/** How many runs of a block are like its first, those between, and its last. */
function alikeRuns(repeat: number): number[] {
  return repeat > 2 ? [1, repeat - 2, 1] : new Array<number>(repeat).fill(1);
}
