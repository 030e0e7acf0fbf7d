import { type Graph, type GraphOperator, tensorSize } from './graph.ts';
import {
  isElementWise,
  isFreeWhenFused,
  isPointwise,
  type VectorOperation,
  type VectorWork,
} from './vector-operation.ts';

/** What a vector operator costs an accelerator: words that move, and operations. */
export interface VectorDemand {
  readonly name: string;
  readonly kind: VectorOperation['kind'];
  /** The kind for people; of an operation that the model does not know, its name. */
  readonly label: string;
  /** Times that the network runs it. */
  readonly repeat: number;
  /** Whether its producer applies it to every word on its way out. */
  readonly isFused: boolean;
  /** Words of activations and parameters that it reads in one run; of parameters alone when fused. */
  readonly wordsIn: number;
  /** Words that it writes in one run; 0 when fused. */
  readonly wordsOut: number;
  readonly work: VectorWork;
  /** Bits of its words. */
  readonly wordBits: number;
}

/** What of a demand a cost follows from. */
export type VectorLoad = Pick<VectorDemand, 'repeat' | 'wordsIn' | 'wordsOut' | 'work' | 'wordBits'>;

const NO_WORK: VectorWork = { simple: 0, special: 0 };

/** What a compiler runs in the stage of a neighbour beside operators of one operand, which are always fused. */
export interface FusionOptions {
  /**
   * Element-wise operators of several operands too, with the producer of the largest operand or with the only layer that reads the output: of all its
   * words only the other operands' move.
   */
  readonly joinsOperands?: boolean;
}

/**
 * The demand of every vector operator of a graph, in their order. An operator is fused where each of its words follows from one word of an operator's
 * output that nobody else reads: then no word moves, and what the output stage of every array does (rectifiers, scale and shift) is free.
 */
export function vectorDemands(graph: Graph, { joinsOperands = false }: FusionOptions = {}): VectorDemand[] {
  const readers = new Map<number, number>();
  for (const { inputs } of graph.operators)
    for (const tensor of inputs) readers.set(tensor, (readers.get(tensor) ?? 0) + 1);
  const makers = new Map<number, GraphOperator>(graph.operators.map((operator) => [operator.output, operator]));
  const readByLayer = new Set(graph.operators.flatMap((operator) => (operator.kind === 'mac' ? operator.inputs : [])));
  return graph.operators.flatMap((operator): VectorDemand[] => {
    if (operator.kind !== 'vector') return [];
    const { name, repeat, operation, inputs, output, parameterWords } = operator;
    const { kind } = operation;
    const label = operation.kind === 'unknown' ? operation.name : kind;
    const maker = makers.get(inputs[0]!);
    const { wordBits } = graph.tensors[output]!;
    const isFused =
      isPointwise(operation, inputs.length) &&
      maker !== undefined &&
      maker.kind !== 'view' &&
      maker.repeat === repeat &&
      readers.get(inputs[0]!) === 1;
    if (isFused)
      return [
        {
          name,
          kind,
          label,
          repeat,
          isFused,
          // Scale and shift of a normalisation are folded into the weights before.
          wordsIn: kind === 'batch-norm' ? 0 : parameterWords,
          wordsOut: 0,
          work: isFreeWhenFused(operation) ? NO_WORK : operator.work,
          wordBits,
        },
      ];
    const wordsOut = tensorSize(graph.tensors[output]!);
    const wordsRead = inputs.reduce((sum, tensor) => sum + tensorSize(graph.tensors[tensor]!), 0);
    if (joinsOperands && isElementWise(kind)) {
      const isOwn = (tensor: number) => {
        const producer = makers.get(tensor);
        return producer !== undefined && producer.kind !== 'view' && readers.get(tensor) === 1;
      };
      const isJoined =
        (readers.get(output) === 1 && readByLayer.has(output)) ||
        inputs.some((tensor) => tensorSize(graph.tensors[tensor]!) === wordsOut && isOwn(tensor));
      if (isJoined)
        return [
          {
            ...{ name, kind, label, repeat, isFused: true, work: operator.work, wordBits },
            wordsIn: wordsRead - wordsOut + parameterWords,
            wordsOut: 0,
          },
        ];
    }
    const wordsIn = kind === 'embedding' ? wordsOut : wordsRead + parameterWords;
    return [{ name, kind, label, repeat, isFused, wordsIn, wordsOut, work: operator.work, wordBits }];
  });
}

/** Equal loads as one that runs more often; what costs nothing anywhere is left out. In the order in which they first occur. */
export function mergedLoads(demands: readonly VectorLoad[]): VectorLoad[] {
  const byKey = new Map<string, VectorLoad>();
  for (const { repeat, wordsIn, wordsOut, work, wordBits } of demands) {
    if (wordsIn + wordsOut + work.simple + work.special === 0) continue;
    const key = `${wordsIn},${wordsOut},${work.simple},${work.special},${wordBits}`;
    const before = byKey.get(key);
    byKey.set(key, { repeat: repeat + (before?.repeat ?? 0), wordsIn, wordsOut, work, wordBits });
  }
  return [...byKey.values()];
}

/** How many operators of each kind a network runs, by label, in the order in which they first occur. */
export function operatorCounts(demands: readonly VectorDemand[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { label, repeat } of demands) counts.set(label, (counts.get(label) ?? 0) + repeat);
  return counts;
}
