import { suggestWord } from '../../util/suggestion.ts';
import type { Graph } from '../../workload/graph/graph.ts';
import { type Flow, GraphBuilder } from '../../workload/graph/graph-builder.ts';
import { type ActivationFunction, isElementWise } from '../../workload/graph/vector-operation.ts';
import { type Activation, activationWords } from '../../workload/layers.ts';
import type { WordBits } from '../../workload/network.ts';
import { MAX_PADDING, macCount, mostPadding } from '../../workload/problem.ts';
import { type Document, errorAt, type KeyPath } from '../document/document.ts';
import { MOST_CHARACTERS } from '../name-schema.ts';
import { activationOf, describeActivation, type EntryContext, mismatch } from './entry-context.ts';
import { EntryNames, type PlacedName } from './entry-names.ts';
import type { VectorEntry, ViewEntry } from './operator-schema.ts';
import { type LayerResult, readLayer } from './workload-layers.ts';
import { joinChannels, readOperator, readView } from './workload-operators.ts';
import type { Entry, MacEntry, WorkloadFile } from './workload-schema.ts';

/** Hint where a count is too large. */
export const COUNTED_EXACTLY =
  'sizes, words, operations, parameters and multiply-accumulates are counted exactly up to 2^53 (9.0e15)';

/** Names in reach of `from`, and what flows from each. */
interface Scope {
  /** In front of the names of layers: empty, or the block's name and a dot. */
  readonly prefix: string;
  readonly repeat: number;
  readonly input: Flow | undefined;
  readonly outputs: Map<string, Flow>;
  readonly outer: Scope | undefined;
}

/** Reads the entries of a workload file. @throws TrifoldError `value` with the place when sizes do not fit each other */
export function readGraph(file: WorkloadFile, document: Document, batch: number, wordBits: WordBits): Graph {
  const builder = new GraphBuilder(batch);
  new GraphReader(builder, file, document, batch, wordBits).readNetwork();
  return builder.build();
}

type OtherEntry = VectorEntry | ViewEntry;

/** An entry that is read. */
interface Place {
  /** Name of its operator, with that of its block. */
  readonly name: string;
  readonly at: KeyPath;
  /** Name of an operator that it needs besides. */
  free(what: string): string;
}

class GraphReader {
  readonly #builder: GraphBuilder;
  readonly #file: WorkloadFile;
  readonly #document: Document;
  readonly #batch: number;
  readonly #wordBits: WordBits;
  readonly #taken = new Set<string>();
  readonly #names: EntryNames;

  constructor(builder: GraphBuilder, file: WorkloadFile, document: Document, batch: number, wordBits: WordBits) {
    this.#builder = builder;
    this.#file = file;
    this.#document = document;
    this.#batch = batch;
    this.#wordBits = wordBits;
    this.#names = new EntryNames(statedNames(file.layers, ''));
  }

  readNetwork(): void {
    const { input, layers } = this.#file;
    const inflow =
      input === undefined ? undefined : this.#builder.input('input', activationOf(input), this.#wordBits.Inputs);
    const scope: Scope = { prefix: '', repeat: 1, input: inflow, outputs: new Map(), outer: undefined };
    this.#readList(layers, ['layers'], scope);
  }

  #readList(entries: readonly Entry[], path: KeyPath, scope: Scope): Flow | undefined {
    let current = scope.input;
    for (const [index, entry] of entries.entries()) {
      const at = [...path, index];
      this.#take(entry.name, at, scope);
      current =
        entry.kind === 'block'
          ? this.#readBlock(entry, at, scope, current)
          : this.#counted(this.#readOne(entry, at, scope, current), at, scope);
      if (entry.name !== undefined && current !== undefined) scope.outputs.set(entry.name, current);
    }
    return current;
  }

  #take(name: string | undefined, at: KeyPath, scope: Scope): void {
    if (name === undefined) return;
    if (name === 'input' && lookUp(name, scope) !== undefined)
      throw errorAt(
        this.#document,
        [...at, 'name'],
        'value',
        "the name 'input' is taken: it is what flows into the network, or into the block",
        'give the layer another name',
      );
    const full = scope.prefix + name;
    if (this.#taken.has(full))
      throw errorAt(
        this.#document,
        [...at, 'name'],
        'value',
        `the name '${name}' is taken`,
        'give every entry its own name',
      );
    this.#taken.add(full);
  }

  #readBlock(
    entry: Extract<Entry, { kind: 'block' }>,
    at: KeyPath,
    scope: Scope,
    current: Flow | undefined,
  ): Flow | undefined {
    const repeat = entry.repeat ?? 1;
    const name = scope.prefix + entry.name;
    const place = { name, at, free: this.#freeIn(scope, entry.name) };
    const [inflow] = this.#joined(this.#operands(entry.from, at, scope, current), place);
    const inner: Scope = {
      prefix: `${name}.`,
      repeat: repeat * scope.repeat,
      input: inflow,
      outputs: new Map(),
      outer: scope,
    };
    const before = this.#builder.size;
    const output = this.#builder.block(
      name,
      repeat,
      inflow ?? null,
      () => this.#readList(entry.layers, [...at, 'layers'], inner)!,
    );
    for (const [layer, flow] of inner.outputs) scope.outputs.set(`${entry.name}.${layer}`, flow);
    if (this.#builder.size === before)
      throw errorAt(
        this.#document,
        [...at, 'layers'],
        'value',
        `the block '${name}' has no operator`,
        'write further inputs of the network outside of blocks',
      );
    const refused = (why: string) =>
      errorAt(
        this.#document,
        [...at, 'repeat'],
        'value',
        `the block cannot repeat: ${why}`,
        'write the first run as a block of its own',
      );
    if (repeat > 1 && !isSame(inflow?.activation, output?.activation))
      throw refused(describeChange(inflow?.activation, output?.activation));
    if (repeat > 1 && inflow?.wordBits !== output?.wordBits)
      throw refused(`it reads words of ${inflow?.wordBits} bits and gives words of ${output?.wordBits}`);
    return output;
  }

  #freeIn({ prefix }: Scope, name: string): Place['free'] {
    return (what) => this.#names.free({ prefix, name: `${name}.${what}` });
  }

  /** The name of an entry, with that of its block; one that states none has that of its kind, and none has that of the network's input. */
  #nameOf({ name, kind }: MacEntry | OtherEntry, { prefix }: Scope): string {
    const isTaken = prefix === '' && name === 'input' && this.#file.input !== undefined;
    return name === undefined || isTaken ? this.#names.free({ prefix, name: name ?? kind }) : prefix + name;
  }

  #readOne(entry: MacEntry | OtherEntry, at: KeyPath, scope: Scope, current: Flow | undefined): Flow {
    const name = this.#nameOf(entry, scope);
    const place: Place = { name, at, free: this.#freeIn(scope, name.slice(scope.prefix.length)) };
    const operands = this.#operands('from' in entry ? entry.from : undefined, at, scope, current);
    const contextOf = (inflows: readonly Flow[], listedAs = name): EntryContext => ({
      document: this.#document,
      path: at,
      name: listedAs,
      batch: this.#batch,
      repeat: scope.repeat,
      wordBits: this.#wordBits,
      defaults: { bias: this.#file.defaults?.bias ?? false, norm: this.#file.defaults?.norm ?? false },
      inflow: inflows[0]?.activation,
      inflowBits: inflows.map(({ wordBits }) => wordBits),
    });
    const bits = 'bits' in entry ? entry.bits : undefined;
    if (isMac(entry)) {
      const inputs = entry.kind === 'matmul' ? operands : this.#joined(operands, place);
      const result = this.#countable(at, name, () => readLayer(entry, contextOf(inputs, entry.listedAs)));
      return this.#addLayer(entry, place, result, inputs);
    }
    if (entry.kind === 'input') return this.#builder.input(name, activationOf(entry.to), bits ?? this.#wordBits.Inputs);
    if (isView(entry)) {
      const output = readView(entry, operands.map(shapeOf), contextOf(operands));
      const inputs = entry.kind === 'reshape' ? this.#joined(operands, place) : operands;
      const [input] = inputs;
      if (input === undefined) return this.#builder.input(name, output, this.#wordBits.Inputs);
      const isWhole = activationWords(output) === activationWords(input.activation);
      return this.#builder.view(
        name,
        entry.kind === 'concat' ? 'concat' : isWhole ? 'reshape' : 'slice',
        inputs,
        output,
      );
    }
    const inputs = isElementWise(entry.kind)
      ? operands
      : entry.kind === 'embedding'
        ? []
        : this.#joined(operands, place);
    const read = readOperator(entry, inputs.map(shapeOf), contextOf(inputs));
    const own = bits ?? inputs[0]?.wordBits ?? this.#wordBits.Inputs;
    const flow = this.#builder.vector(name, read.operation, inputs, read.output, own, read);
    return this.#activated(flow, place, 'activation' in entry ? entry.activation : undefined);
  }

  /** Adds a layer; one that repeats alone runs on its own output where that fits, and otherwise always on the same input. */
  #addLayer(
    entry: MacEntry,
    place: Place,
    { layer, reads, isAlone, output }: LayerResult,
    inputs: readonly Flow[],
  ): Flow {
    const { name } = place;
    const bits = entry.bits ?? this.#wordBits.Inputs;
    const { Inputs, Weights } = layer.wordBits;
    const flows = isAlone
      ? reads.map((read, i) =>
          this.#builder.input(place.free(`input${reads.length > 1 ? i + 1 : ''}`), read, i === 0 ? Inputs : Weights),
        )
      : inputs.map((input, i) => this.#fitted(input, reads[i]!, place));
    const repeat = entry.repeat ?? 1;
    const add = (copies: number): Flow => {
      const flow = this.#builder.mac(name, layer, flows, output, bits, copies);
      return this.#activated(flow, place, entry.activation ?? this.#file.defaults?.activation, copies);
    };
    const [first] = flows;
    const isChain = repeat > 1 && flows.length === 1 && isSame(first!.activation, output) && first!.wordBits === bits;
    return isChain ? this.#builder.block(name, repeat, flows[0]!, () => add(1)) : add(repeat);
  }

  /** What a layer reads, flattened where it needs that. */
  #fitted(input: Flow, read: Activation, { at, free }: Place): Flow {
    if (activationWords(input.activation) !== activationWords(read))
      throw mismatch(
        { document: this.#document, path: at },
        ['from'],
        `multiplies ${activationWords(read)} words, but ${describeActivation(input.activation)} flows in`,
      );
    return isSame(input.activation, read) ? input : this.#builder.view(free('flatten'), 'reshape', [input], read);
  }

  #activated(flow: Flow, { free }: Place, function_: ActivationFunction | 'none' = 'none', copies = 1): Flow {
    if (function_ === 'none') return flow;
    return this.#builder.vector(
      free(function_),
      { kind: 'activation', function: function_ },
      [flow],
      flow.activation,
      flow.wordBits,
      {},
      copies,
    );
  }

  #operands(
    from: string | readonly string[] | undefined,
    at: KeyPath,
    scope: Scope,
    current: Flow | undefined,
  ): Flow[] {
    if (from === undefined) return current === undefined ? [] : [current];
    return [from].flat().map((name) => {
      const found = lookUp(name, scope);
      if (found !== undefined) return found;
      const isLater = this.#names.isStated({ prefix: scope.prefix, name });
      throw errorAt(
        this.#document,
        [...at, 'from'],
        'value',
        `no earlier entry is named '${name.length > MOST_CHARACTERS ? `${name.slice(0, MOST_CHARACTERS)}…` : name}'`,
        isLater
          ? 'that one comes no earlier: entries stand in the order in which they run, without circles'
          : suggestWord(name, namesInReach(scope)),
      );
    });
  }

  /** What flows out of an entry, if its words can be counted exactly. @throws TrifoldError `value` with the place */
  #counted(flow: Flow, at: KeyPath, { prefix, repeat }: Scope): Flow {
    const words = repeat * this.#batch * activationWords(flow.activation);
    if (words <= Number.MAX_SAFE_INTEGER) return flow;
    const message = `${describeActivation(flow.activation)} flows out${prefix === '' ? '' : ` in ${repeat} runs`}: ${words.toPrecision(4)} words`;
    throw errorAt(this.#document, at, 'value', message, COUNTED_EXACTLY);
  }

  /** Several flows as one: their channels together. */
  #joined(operands: readonly Flow[], { at, free }: Place): readonly Flow[] {
    if (operands.length < 2) return operands;
    const output = joinChannels(operands.map(shapeOf), { document: this.#document, path: at });
    return [this.#builder.view(free('concat'), 'concat', operands, output)];
  }

  /**
   * The entry, if its sizes and its multiply-accumulates are whole numbers that can be counted exactly.
   * @throws TrifoldError `value` with the place
   */
  #countable(path: KeyPath, name: string, read: () => LayerResult): LayerResult {
    const refused = (message: string, hint = COUNTED_EXACTLY) => errorAt(this.#document, path, 'value', message, hint);
    let result: LayerResult;
    try {
      result = read();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw refused(error.message);
    }
    const macs = macCount(result.layer.problem) * result.layer.repeat;
    if (macs > Number.MAX_SAFE_INTEGER) throw refused(`${name}: it has ${macs.toPrecision(4)} multiply-accumulates`);
    const padding = mostPadding(result.layer.problem);
    if (padding > MAX_PADDING)
      throw refused(
        `${name}: it has ${padding} rows or columns of padding on one side; at most ${MAX_PADDING} are modelled`,
        'check padding, kernel and the input size',
      );
    return result;
  }
}

/** The names that entries state, those in blocks with the prefix of their block. */
function statedNames(entries: readonly Entry[], prefix: string): PlacedName[] {
  return entries.flatMap((entry) => [
    ...(entry.name === undefined ? [] : [{ prefix, name: entry.name }]),
    ...(entry.kind === 'block' ? statedNames(entry.layers, `${entry.name}.`) : []),
  ]);
}

const MAC_KINDS: readonly string[] = ['conv', 'pointwise', 'depthwise', 'transposed', 'linear', 'matmul', 'problem'];

function isMac(entry: MacEntry | OtherEntry): entry is MacEntry {
  return MAC_KINDS.includes(entry.kind);
}

function isView(entry: OtherEntry): entry is ViewEntry {
  return entry.kind === 'concat' || entry.kind === 'reshape';
}

function shapeOf({ activation }: Flow): Activation {
  return activation;
}

function lookUp(name: string, scope: Scope): Flow | undefined {
  return (
    scope.outputs.get(name) ??
    (name === 'input' ? scope.input : undefined) ??
    (scope.outer && lookUp(name, scope.outer))
  );
}

function namesInReach(scope: Scope): string[] {
  return [...scope.outputs.keys(), ...(scope.outer === undefined ? ['input'] : namesInReach(scope.outer))];
}

function isSame(a: Activation | undefined, b: Activation | undefined): boolean {
  return (
    a !== undefined &&
    b !== undefined &&
    a.form === b.form &&
    a.channels === b.channels &&
    a.size[0] === b.size[0] &&
    a.size[1] === b.size[1]
  );
}

function describeChange(input: Activation | undefined, output: Activation | undefined): string {
  return `it reads ${input === undefined ? 'nothing' : describeActivation(input)} and gives ${output === undefined ? 'nothing' : describeActivation(output)}`;
}
