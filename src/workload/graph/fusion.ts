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
  /** The same by their width; each width once. */
  readonly reads: readonly ReadWords[];
  /** Words that it writes in one run; 0 when fused. */
  readonly wordsOut: number;
  readonly work: VectorWork;
  /** Bits of the words that it writes, and of parameters. */
  readonly wordBits: number;
}

/** Words of one width that an operator reads. */
export interface ReadWords {
  /** >= 1. */
  readonly words: number;
  readonly wordBits: number;
}

/** What of a demand a cost follows from. */
export type VectorLoad = Pick<VectorDemand, 'repeat' | 'reads' | 'wordsOut' | 'work' | 'wordBits'>;

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
    // Scale and shift of a normalisation are folded into the weights before.
    const ownWords = isFused && kind === 'batch-norm' ? 0 : parameterWords;
    const own: ReadWords = { words: ownWords, wordBits };
    if (isFused)
      return [
        {
          name,
          kind,
          label,
          repeat,
          isFused,
          ...readsOf([own]),
          wordsOut: 0,
          work: isFreeWhenFused(operation) ? NO_WORK : operator.work,
          wordBits,
        },
      ];
    const wordsOut = tensorSize(graph.tensors[output]!);
    const readsIn = (tensors: readonly number[]) =>
      tensors.map((tensor): ReadWords => {
        const read = graph.tensors[tensor]!;
        return { words: tensorSize(read), wordBits: read.wordBits };
      });
    if (joinsOperands && isElementWise(kind)) {
      const isOwn = (tensor: number) => {
        const producer = makers.get(tensor);
        return producer !== undefined && producer.kind !== 'view' && readers.get(tensor) === 1;
      };
      const whole = inputs.filter((tensor) => tensorSize(graph.tensors[tensor]!) === wordsOut);
      const ofProducer = whole.find(isOwn);
      const isJoined = (readers.get(output) === 1 && readByLayer.has(output)) || ofProducer !== undefined;
      if (isJoined) {
        const still = ofProducer ?? whole[0];
        const place = still === undefined ? -1 : inputs.indexOf(still);
        const others = inputs.filter((_, index) => index !== place);
        return [
          {
            ...{ name, kind, label, repeat, isFused: true, work: operator.work, wordBits },
            ...readsOf([...readsIn(others), own]),
            wordsOut: 0,
          },
        ];
      }
    }
    const reads = readsOf(kind === 'embedding' ? [{ words: wordsOut, wordBits }] : [...readsIn(inputs), own]);
    return [{ name, kind, label, repeat, isFused, ...reads, wordsOut, work: operator.work, wordBits }];
  });
}

/** Words with those of the same width together, and all of them. */
function readsOf(parts: readonly ReadWords[]): Pick<VectorDemand, 'wordsIn' | 'reads'> {
  const byBits = new Map<number, number>();
  let wordsIn = 0;
  for (const { words, wordBits } of parts) {
    if (words === 0) continue;
    wordsIn += words;
    byBits.set(wordBits, words + (byBits.get(wordBits) ?? 0));
  }
  return { wordsIn, reads: [...byBits].map(([wordBits, words]) => ({ words, wordBits })) };
}

/** Equal loads as one that runs more often; what costs nothing anywhere is left out. In the order in which they first occur. */
export function mergedLoads(demands: readonly VectorLoad[]): VectorLoad[] {
  const byKey = new Map<string, VectorLoad>();
  for (const { repeat, reads, wordsOut, work, wordBits } of demands) {
    if (reads.length === 0 && wordsOut + work.simple + work.special === 0) continue;
    const key = loadKey({ reads, wordsOut, work, wordBits });
    const before = byKey.get(key);
    byKey.set(key, { repeat: repeat + (before?.repeat ?? 0), reads, wordsOut, work, wordBits });
  }
  return [...byKey.values()];
}

/** Key that is equal for loads that cost the same on every accelerator. */
export function loadKey({ reads, wordsOut, work, wordBits }: Omit<VectorLoad, 'repeat'>): string {
  const read = reads.map((one) => `${one.words}x${one.wordBits}`).join('+');
  return `${read},${wordsOut},${work.simple},${work.special},${wordBits}`;
}

/** How many operators of each kind a network runs, by label, in the order in which they first occur. */
export function operatorCounts(demands: readonly VectorDemand[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { label, repeat } of demands) counts.set(label, (counts.get(label) ?? 0) + repeat);
  return counts;
}
