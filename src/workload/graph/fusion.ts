import type { Layer } from '../layer.ts';
import type { ReadWords } from '../read-words.ts';
import { type Graph, type GraphOperator, tensorSize, type VectorOperator } from './graph.ts';
import { type OperatorRuns, operatorRuns } from './operator-runs.ts';
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
 * The demand of every vector operator of a graph, in their order; two demands where some runs of a repeated block are fused and others are not. An operator
 * is fused where each of its words follows from one word of an operator's output that nobody else reads, under whatever names: then no word moves, and what
 * the output stage of every array does (rectifiers, scale and shift) is free.
 */
export function vectorDemands(graph: Graph, { joinsOperands = false }: FusionOptions = {}): VectorDemand[] {
  return demandsOf(graph, [...fusedRuns(graph, joinsOperands)]);
}

/**
 * The demands of a graph by whether they run with some of its layers alone: those that are fused into these, under whatever names and one after the other.
 * @param isPart whether a layer is one of these
 */
export function partDemands(graph: Graph, isPart: (layer: Layer) => boolean) {
  const within: boolean[] = [];
  const own: FusedRun[] = [];
  const others: FusedRun[] = [];
  for (const one of fusedRuns(graph, false)) {
    const { operator, inputs, output } = one.run;
    const isPassed = inputs.every((flow) => within[flow] === true);
    within[output] =
      operator.kind === 'mac'
        ? isPart(operator.layer)
        : isPassed && (operator.kind === 'view' ? operator.view !== 'slice' : one.fusion === 'producer');
    if (operator.kind === 'vector') (within[output] ? own : others).push(one);
  }
  return { own: demandsOf(graph, own), others: demandsOf(graph, others) };
}

/** Runs of an operator, with who computes it where it is a vector operator. */
export interface FusedRun<R extends OperatorRuns = OperatorRuns> {
  readonly run: R;
  readonly fusion: Fusion;
}

function fusedRuns(graph: Graph, joinsOperands: boolean): Generator<FusedRun> {
  return withFusion(graph, operatorRuns(graph), joinsOperands);
}

/** Runs of the operators of a graph with who computes each. @param runs all of them, in an order in which they can run */
export function* withFusion<R extends OperatorRuns>(
  graph: Graph,
  runs: readonly R[],
  joinsOperands: boolean,
): Generator<FusedRun<R>> {
  const flows = new Flows(runs);
  for (const run of runs) {
    const { operator } = run;
    yield { run, fusion: operator.kind === 'vector' ? fusionOf(run, operator, flows, graph, joinsOperands) : 'none' };
  }
}

function demandsOf(graph: Graph, runs: readonly FusedRun[]): VectorDemand[] {
  const counts = new Map<VectorOperator, Map<Fusion, number>>();
  for (const { run, fusion } of runs) {
    const { operator, count, copies } = run;
    if (operator.kind !== 'vector') continue;
    const own = counts.get(operator) ?? new Map<Fusion, number>();
    counts.set(operator, own.set(fusion, (own.get(fusion) ?? 0) + count * copies));
  }
  return [...counts].flatMap(([operator, own]) =>
    [...own].map(([fusion, repeat]) => demandOf(operator, fusion, repeat, graph)),
  );
}

/** Who computes an operator: its producer as part of its own output, a neighbour that moves the other operands, or the operator itself. */
export type Fusion = 'producer' | 'neighbour' | 'none';

/** Who makes and who reads what flows between runs. */
class Flows {
  readonly #makers: (GraphOperator | undefined)[] = [];
  readonly #madeOf: (readonly number[])[] = [];
  readonly #readers: number[] = [];
  readonly #readByLayer: boolean[] = [];

  constructor(runs: readonly OperatorRuns[]) {
    for (const { operator, copies, inputs, output } of runs) {
      const isLayer = operator.kind === 'mac';
      this.#makers[output] = operator;
      this.#madeOf[output] = inputs;
      for (const flow of inputs) {
        if (flow < 0) continue;
        this.#readers[flow] = (this.#readers[flow] ?? 0) + (isLayer ? copies : 1);
        if (isLayer) this.#readByLayer[flow] = true;
      }
    }
  }

  /** Whether a layer takes it, and nobody else. */
  isReadByOneLayer(flow: number): boolean {
    return this.#readers[flow] === 1 && this.#readByLayer[flow] === true;
  }

  /** Whether all of its words are outputs of operators that nobody else reads; views of all words pass them on. */
  isOwn(flow: number): boolean {
    const open = [flow];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const maker = this.#makers[next];
      if (maker === undefined || this.#readers[next] !== 1) return false;
      if (maker.kind !== 'view') continue;
      if (maker.view === 'slice') return false;
      open.push(...this.#madeOf[next]!);
    }
    return true;
  }
}

function fusionOf(
  { inputs, output }: OperatorRuns,
  operator: VectorOperator,
  flows: Flows,
  { tensors }: Graph,
  joinsOperands: boolean,
): Fusion {
  const { operation } = operator;
  if (isPointwise(operation, inputs.length) && flows.isOwn(inputs[0]!)) return 'producer';
  if (!joinsOperands || !isElementWise(operation.kind)) return 'none';
  const size = tensorSize(tensors[operator.output]!);
  const isJoined =
    flows.isReadByOneLayer(output) ||
    inputs.some((flow, i) => tensorSize(tensors[operator.inputs[i]!]!) === size && flows.isOwn(flow));
  return isJoined ? 'neighbour' : 'none';
}

/** The demand of some runs of an operator. @param repeat how many */
export function demandOf(operator: VectorOperator, fusion: Fusion, repeat: number, { tensors }: Graph): VectorDemand {
  const { name, operation, inputs, output, parameterWords, work } = operator;
  const { kind } = operation;
  const { wordBits } = tensors[output]!;
  const label = operation.kind === 'unknown' ? operation.name : kind;
  const demand = { name, kind, label, repeat, isFused: fusion !== 'none', work, wordBits };
  const own: ReadWords = { words: parameterWords, wordBits };
  if (fusion === 'producer')
    return {
      ...demand,
      // Scale and shift of a normalisation are folded into the weights before.
      ...readsOf(kind === 'batch-norm' ? [] : [own]),
      wordsOut: 0,
      work: isFreeWhenFused(operation) ? NO_WORK : work,
    };
  const wordsOut = tensorSize(tensors[output]!);
  const read = inputs.map(
    (tensor): ReadWords => ({
      words: tensorSize(tensors[tensor]!),
      wordBits: tensors[tensor]!.wordBits,
    }),
  );
  if (fusion === 'neighbour') {
    // The neighbour has one operand in full as its own.
    const whole = read.findIndex(({ words }) => words === wordsOut);
    return { ...demand, ...readsOf([...read.filter((_, index) => index !== whole), own]), wordsOut: 0 };
  }
  return { ...demand, ...readsOf(kind === 'embedding' ? [{ words: wordsOut, wordBits }] : [...read, own]), wordsOut };
}

function readsOf(parts: readonly ReadWords[]): Pick<VectorDemand, 'wordsIn' | 'reads'> {
  return { wordsIn: parts.reduce((sum, { words }) => sum + words, 0), reads: wordsByWidth(parts) };
}

/** Words with those of the same width together, in the order in which widths first occur. */
export function wordsByWidth(parts: readonly ReadWords[]): ReadWords[] {
  const byBits = new Map<number, number>();
  for (const { words, wordBits } of parts) if (words > 0) byBits.set(wordBits, words + (byBits.get(wordBits) ?? 0));
  return [...byBits].map(([wordBits, words]) => ({ words, wordBits }));
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
