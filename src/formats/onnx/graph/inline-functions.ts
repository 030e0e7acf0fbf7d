import type { Attributes, AttributeValue, GraphMessage, NodeMessage } from '../messages/graph-message.ts';
import { domainOf, type FunctionMessage, type ModelMessage } from '../messages/model-message.ts';
import { graphError, nodeText } from './graph-error.ts';
import type { GraphNode } from './graph-node.ts';
import { innerScope, type Scope } from './scope.ts';

/** Nodes, inputs, outputs and attributes of functions and branches that may come into the graph. */
const MOST_INLINED = 2_000_000;
/** Characters of names that inlining may make. */
const MOST_CHARACTERS = 2 ** 27;
const MOST_DEPTH = 64;

/** Makes nodes of messages: calls of the model's functions become the nodes of the function, names become unique. */
export class Inliner {
  readonly #file: string;
  readonly #functions: ReadonlyMap<string, FunctionMessage>;
  /** Names of nodes, each with how many nodes wanted it. */
  readonly #names = new Map<string, number>();
  #inlined = 0;
  #characters = 0;

  constructor(model: ModelMessage) {
    this.#file = model.file;
    const functions = new Map<string, FunctionMessage>();
    for (const one of model.functions) {
      const key = functionKey(one.domain, one.name, one.overload);
      if (functions.has(key)) throw graphError(model.file, `function ${key} is defined twice`, 'schema');
      functions.set(key, one);
    }
    this.#functions = functions;
  }

  /** The nodes as those of the whole graph, in the same order. */
  inline(messages: readonly NodeMessage[], scope: Scope): GraphNode[] {
    const into: GraphNode[] = [];
    this.#inline(messages, scope, [], into);
    return into;
  }

  /** The nodes of a branch of `node`, with an Identity for each of its outputs; `names` are those of its tensors. */
  inlineBranch(node: GraphNode, branch: GraphMessage, names: ReadonlyMap<string, string>): GraphNode[] {
    if (branch.outputs.length !== node.outputs.length)
      throw graphError(
        this.#file,
        `${nodeText(node)}: a branch wants ${node.outputs.length} outputs, found ${branch.outputs.length}`,
      );
    const scope = innerScope({ ...node.scope, prefix: `${node.name}/` }, names, node.scope.nameOf);
    const nodes = this.inline(branch.nodes, scope);
    const results = branch.outputs.map(({ name }, index) =>
      this.#identity(`${node.name}/${node.outputs[index]}`, scope.nameOf(name), node.outputs[index]!, scope),
    );
    return [...nodes, ...results];
  }

  /** Names in the whole graph of the tensors that a branch makes. */
  branchNames(node: GraphNode, branch: GraphMessage): ReadonlyMap<string, string> {
    return new Map(madeIn(branch).map((name) => [name, this.#make(node.name, name)]));
  }

  #inline(messages: readonly NodeMessage[], scope: Scope, callers: readonly string[], into: GraphNode[]): void {
    for (const message of messages) {
      const domain = domainOf(message.domain);
      const key = functionKey(domain, message.opType, message.overload);
      const called = this.#functions.get(key);
      const node = this.#node(message, domain, scope);
      if (called === undefined) into.push(node);
      else this.#call(node, called, key, callers, into);
    }
  }

  #call(node: GraphNode, called: FunctionMessage, key: string, callers: readonly string[], into: GraphNode[]): void {
    if (callers.includes(key))
      throw graphError(
        this.#file,
        `${nodeText(node)}: function ${key} calls itself: ${[...callers, key].join(' -> ')}`,
      );
    if (callers.length >= MOST_DEPTH)
      throw graphError(this.#file, `${nodeText(node)}: functions call each other more than ${MOST_DEPTH} deep`);
    this.#checkCount(node, 'inputs', called.inputs.length, node.inputs.length);
    this.#checkCount(node, 'outputs', called.outputs.length, node.outputs.length);
    this.#count(10 + called.inputs.length + called.outputs.length + called.defaults.size + called.operatorSets.size);
    const names = new Map<string, string>();
    called.inputs.forEach((name, index) => {
      names.set(name, node.inputs[index] ?? '');
    });
    const passed: [from: string, to: string][] = [];
    called.outputs.forEach((name, index) => {
      const to = node.outputs[index] ?? '';
      const from = names.get(name);
      if (from !== undefined) passed.push([from, to]);
      else if (to !== '') names.set(name, to);
    });
    const scope = innerScope(
      {
        prefix: `${node.name}/`,
        operatorSets: new Map([...node.scope.operatorSets, ...called.operatorSets]),
        attributes: new Map([...called.defaults, ...node.attributes]),
      },
      names,
      (tensor) => this.#make(node.name, tensor),
    );
    this.#inline(called.nodes, scope, [...callers, key], into);
    for (const [from, to] of passed)
      if (to !== '') into.push(this.#identity(`${node.name}/${to}`, from, to, node.scope));
  }

  #checkCount(node: GraphNode, what: string, most: number, found: number): void {
    if (found > most)
      throw graphError(this.#file, `${nodeText(node)}: the function wants at most ${most} ${what}, found ${found}`);
  }

  #node(message: NodeMessage, domain: string, scope: Scope): GraphNode {
    const isInlined = scope.prefix !== '';
    if (isInlined) this.#count(4 + message.inputs.length + message.outputs.length + message.attributes.size);
    const graphs = [...message.attributes.values()].flatMap((value) => (value.type === 'graph' ? [value.graph] : []));
    return {
      name: this.#unique(scope.prefix, message.name === '' ? `${message.opType}_${this.#names.size}` : message.name),
      opType: message.opType,
      domain,
      operatorSet: this.#operatorSet(message, domain, scope),
      attributes: resolved(message.attributes, scope.attributes),
      inputs: message.inputs.map(scope.nameOf),
      outputs: message.outputs.map(scope.nameOf),
      captured: graphs.length === 0 ? [] : [...this.#captured(graphs, isInlined)].map(scope.nameOf),
      scope,
    };
  }

  #operatorSet(node: NodeMessage, domain: string, scope: Scope): number {
    const version = scope.operatorSets.get(domain);
    if (version === undefined && domain === '')
      throw graphError(
        this.#file,
        `${nodeText(node)} wants the version of the standard operators, found no opset_import of them`,
        'schema',
      );
    return version ?? 0;
  }

  #identity(name: string, from: string, to: string, scope: Scope): GraphNode {
    return {
      name: this.#unique('', name),
      opType: 'Identity',
      domain: '',
      operatorSet: 1,
      attributes: new Map(),
      inputs: [from],
      outputs: [to],
      captured: [],
      scope,
    };
  }

  /** Names that graphs use and do not make. */
  #captured(graphs: readonly GraphMessage[], isInlined: boolean): Set<string> {
    const free = new Set<string>();
    for (const graph of graphs) {
      const made = new Set(madeIn(graph));
      if (isInlined) this.#count(made.size + graph.outputs.length);
      const add = (name: string) => {
        if (name !== '' && !made.has(name)) free.add(name);
      };
      for (const node of graph.nodes) {
        if (isInlined) this.#count(1 + node.inputs.length);
        for (const name of node.inputs) add(name);
        for (const value of node.attributes.values())
          if (value.type === 'graph') for (const name of this.#captured([value.graph], isInlined)) add(name);
      }
      for (const { name } of graph.outputs) add(name);
    }
    return free;
  }

  #unique(prefix: string, name: string): string {
    const wanted = prefix + name;
    let unique = wanted;
    for (let count = this.#names.get(wanted); count !== undefined && this.#names.has(unique); count++) {
      unique = `${wanted}_${count + 1}`;
      this.#names.set(wanted, count + 1);
    }
    if (unique.length > name.length || prefix !== '') this.#spell(unique);
    this.#names.set(unique, 1);
    return unique;
  }

  #make(prefix: string, name: string): string {
    if (name === '') return '';
    return this.#spell(`${prefix}::${name}`);
  }

  /** Counts the characters of a name that is made here. */
  #spell(made: string): string {
    this.#characters += made.length;
    if (this.#characters > MOST_CHARACTERS)
      throw graphError(this.#file, 'the functions of the model make too many names', 'unsupported');
    return made;
  }

  #count(work: number): void {
    this.#inlined += work;
    if (this.#inlined > MOST_INLINED)
      throw graphError(
        this.#file,
        `functions and branches make more than ${MOST_INLINED} nodes, inputs and outputs`,
        'unsupported',
      );
  }
}

function functionKey(domain: string, name: string, overload: string): string {
  return `${domain === '' ? '' : `${domain}.`}${name}${overload === '' ? '' : `:${overload}`}`;
}

function madeIn(graph: GraphMessage): string[] {
  return [
    ...graph.inputs.map(({ name }) => name),
    ...graph.initializers.map(({ name }) => name),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ].filter((name) => name !== '');
}

/** Attributes with the values of the call in place of references; a reference that the call leaves out goes. */
function resolved(attributes: Attributes, ofCall: Attributes | undefined): Attributes {
  if (![...attributes.values()].some(({ type }) => type === 'reference')) return attributes;
  const values = new Map<string, AttributeValue>();
  for (const [name, value] of attributes) {
    const given = value.type === 'reference' ? ofCall?.get(value.name) : value;
    if (given !== undefined) values.set(name, given);
  }
  return values;
}
