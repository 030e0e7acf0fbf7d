import type { Layer } from '../layer.ts';
import { tensorWords } from '../problem.ts';
import { demandOf, withFusion, wordsByWidth } from './fusion.ts';
import { type Graph, type GraphTensor, type TensorIndex, tensorSize, type VectorOperator } from './graph.ts';
import { equalSizes, followsProblem, overwrites, secondOperand, vectorSpan } from './operand-parts.ts';
import { type WrittenOutRun, writtenOutRuns } from './operator-runs.ts';
import type { NamedLoad, Sequence, SequenceMac, SequenceVector, SequenceView } from './sequence.ts';
import { finishSequence, type OpenTensor } from './sequence-storages.ts';

type OpenOperator =
  | (SequenceMac & { readonly fused: NamedLoad[] })
  | (SequenceVector & { readonly fused: NamedLoad[] })
  | SequenceView;

/** What a run makes, and whether another reads it. */
interface Made {
  readonly tensor: number;
  isRead: boolean;
}

/** Collects the operators of a graph as they run. */
export class SequenceBuilder {
  readonly #graph: Graph;
  readonly #layers: ReadonlyMap<string, number>;
  readonly #shapes: readonly Layer[];
  readonly #tensors: OpenTensor[] = [];
  readonly #operators: OpenOperator[] = [];
  /** By flow between runs: one for each copy of what makes it. */
  readonly #made: (readonly Made[])[] = [];
  /** Operators that may write a word where they read one. */
  readonly #overwriting = new Set<number>();
  readonly #names = new Set<string>();

  /** @param layers of the network: each layer of the graph is one of them */
  constructor(graph: Graph, layers: readonly Layer[]) {
    this.#graph = graph;
    this.#shapes = layers;
    this.#layers = new Map(layers.map(({ name }, index) => [name, index]));
  }

  /** All of it. */
  build(name: string): Sequence {
    for (const [flow, tensor] of this.#graph.inputs.entries())
      this.#made[flow] = [{ tensor: this.#input(tensor), isRead: false }];
    for (const { run, fusion } of withFusion(this.#graph, writtenOutRuns(this.#graph), false)) {
      const made: Made[] = [];
      for (let copy = 0; copy < run.copies; copy++)
        made.push({ tensor: this.#add(run, copy, fusion === 'producer'), isRead: false });
      this.#made[run.output] = made;
    }
    const unread = this.#made.flat().filter(({ isRead }) => !isRead);
    const outputs = new Set(unread.map(({ tensor }) => tensor));
    return finishSequence(name, this.#tensors, this.#operators, outputs, this.#overwriting);
  }

  /** Adds a run of an operator. @param copy of those that run on the same input; @returns what it makes */
  #add(run: WrittenOutRun, copy: number, isFused: boolean): number {
    const { operator, copies } = run;
    const name = copies > 1 ? `${run.name}[${copy}]` : run.name;
    // An embedding reads rows of its table, and of what says which nothing that counts.
    const isLookUp = operator.kind === 'vector' && operator.operation.kind === 'embedding';
    const flows = isLookUp ? [] : run.inputs;
    const inputs = flows.map((flow, i) => this.#operand(flow, copy, copies, operator.inputs[i]!));
    const made = this.#graph.tensors[operator.output]!;
    switch (operator.kind) {
      case 'view':
        return this.#addView(name, operator.view, inputs, made);
      case 'mac':
        return this.#addMac(name, operator.layer.name, inputs, made);
      case 'vector':
        return isFused ? this.#fold(name, operator, inputs[0]!, made) : this.#addVector(name, operator, inputs, made);
    }
  }

  /** What flows in: of operators that run several times on the same input, what the same copy made, or the last. */
  #operand(flow: number, copy: number, copies: number, tensor: TensorIndex): number {
    if (flow < 0) return this.#input(tensor);
    const made = this.#made[flow]!;
    const own = made[made.length === copies ? copy : made.length - 1]!;
    own.isRead = true;
    return own.tensor;
  }

  #input(tensor: TensorIndex): number {
    const { name, sizes, wordBits } = this.#graph.tensors[tensor]!;
    return this.#push({ name: this.#unique(name), sizes, wordBits, makers: [], from: [], isInput: true });
  }

  #push(tensor: OpenTensor): number {
    return this.#tensors.push(tensor) - 1;
  }

  #unique(base: string): string {
    let name = base;
    for (let number = 2; this.#names.has(name); number++) name = `${base}-${number}`;
    this.#names.add(name);
    return name;
  }

  /** The output of the operator that is added next. */
  #output(name: string, { sizes, wordBits }: GraphTensor): number {
    return this.#push({ name, sizes, wordBits, makers: [this.#operators.length], from: [], isInput: false });
  }

  #addView(base: string, view: string, inputs: readonly number[], { sizes, wordBits }: GraphTensor): number {
    const operands = inputs.map((tensor) => this.#tensors[tensor]!);
    if (operands.length === 1 && equalSizes(operands[0]!.sizes, sizes)) return inputs[0]!;
    const name = this.#unique(base);
    const makers = operands.flatMap((tensor) => tensor.makers);
    const output = this.#push({ name, sizes, wordBits, makers, from: inputs, isInput: false });
    const channels = operands.reduce((sum, tensor) => sum + tensor.sizes[1], 0);
    const isConcat =
      view === 'concat' &&
      channels === sizes[1] &&
      operands.every((tensor) => equalSizes([sizes[0], tensor.sizes[1], sizes[2], sizes[3]], tensor.sizes));
    this.#operators.push({ kind: 'view', name, inputs, output, view: isConcat ? 'concat' : 'other' });
    return output;
  }

  #addMac(base: string, layer: string, inputs: readonly number[], made: GraphTensor): number {
    const name = this.#unique(base);
    const index = this.#layers.get(layer)!;
    const { problem, wordBits, zeros } = this.#shapes[index]!;
    const second =
      inputs.length > 1
        ? secondOperand(problem, this.#namesOf(inputs[1]!))
        : {
            kind: 'parameters' as const,
            words: tensorWords(problem, 'Weights'),
            wordBits: wordBits.Weights,
          };
    const read = second.kind === 'parameters' ? inputs : [inputs[0]!, second.tensor, ...inputs.slice(2)];
    const output = this.#output(name, made);
    const shape = { problem, wordBits, ...(zeros === undefined ? {} : { zeros }) };
    const tiles = followsProblem(problem, this.#tensors[inputs[0]!]!.sizes, made.sizes);
    this.#operators.push({
      ...{ kind: 'mac', name, inputs: read, output, layer: index, shape, second, tiles },
      fused: [],
    });
    return output;
  }

  /** A tensor and those of which views of all words made it, the nearest first. */
  #namesOf(tensor: number): { tensor: number; sizes: GraphTensor['sizes'] }[] {
    const { sizes, from } = this.#tensors[tensor]!;
    const [before] = from;
    const isWhole = from.length === 1 && tensorSize(this.#tensors[before!]!) === tensorSize({ sizes });
    return [{ tensor, sizes }, ...(isWhole ? this.#namesOf(before!) : [])];
  }

  #addVector(base: string, operator: VectorOperator, inputs: readonly number[], made: GraphTensor): number {
    const name = this.#unique(base);
    const { kind } = operator.operation;
    const { work, wordBits, wordsOut, reads, label } = demandOf(operator, 'none', 1, this.#graph);
    const own = kind === 'embedding' ? reads : wordsByWidth([{ words: operator.parameterWords, wordBits }]);
    const sizes = inputs.map((tensor) => this.#tensors[tensor]!.sizes);
    const span = vectorSpan(operator, sizes, made.sizes);
    const output = this.#output(name, made);
    const load = { repeat: 1, reads: own, wordsOut, work, wordBits, of: { name, kind, label } };
    if (overwrites(operator, span)) this.#overwriting.add(this.#operators.length);
    this.#operators.push({ ...{ kind: 'vector', name, inputs, output, load, span, inPlace: null }, fused: [] });
    return output;
  }

  /** Adds an operator to what its producer does. */
  #fold(name: string, operator: VectorOperator, input: number, made: GraphTensor): number {
    const tensor = this.#tensors[input]!;
    const { work, wordBits, wordsOut, reads, kind, label } = demandOf(operator, 'producer', 1, this.#graph);
    const producer = this.#operators[Math.max(...tensor.makers)]!;
    if (producer.kind !== 'view' && reads.length + work.simple + work.special > 0)
      producer.fused.push({ repeat: 1, reads, wordsOut, work, wordBits, of: { name, kind, label } });
    if (!equalSizes(tensor.sizes, made.sizes)) return this.#addView(name, 'reshape', [input], made);
    this.#tensors[input] = { ...tensor, wordBits: made.wordBits };
    return input;
  }
}
