import { TrifoldError } from '../../../util/errors.ts';
import { graphError } from '../graph/graph-error.ts';
import type { ModelGraph } from '../graph/model-graph.ts';
import { quoted } from '../messages/tensor-message.ts';
import type { StatedDim, ValueInfo } from '../messages/value-info.ts';

/** Sizes that the user gives to dims without one. */
export interface DimSettings {
  /** Size of the first dim of every input where the file leaves it open; 1 stands for any that the file fixes, and a dim that it fixes at 1 stays so. */
  readonly batch?: number | undefined;
  /** Sizes by symbol, or by input and axis (`data.2`) for a dim without a symbol. */
  readonly dims?: ReadonlyMap<string, number> | undefined;
}

/** Sizes of the symbols of a model. */
export class Symbols {
  readonly #sizes = new Map<string, number>();
  readonly #settings: ReadonlyMap<string, number>;
  /** Dims of inputs that the file gives no size. */
  readonly #open: ReadonlySet<string>;

  /**
   * Takes the sizes from the settings.
   * @throws TrifoldError `value` when a setting has no effect: a name that the file has not, a batch that it fixes
   */
  constructor(graph: ModelGraph, settings: DimSettings) {
    this.#settings = settings.dims ?? new Map();
    this.#open = new Set(
      graph.inputs.flatMap(({ name, dims }) =>
        (dims ?? []).flatMap((dim, axis) => (typeof dim === 'number' ? [] : [dim ?? `${name}.${axis}`])),
      ),
    );
    for (const [name, size] of this.#settings) checkSize(`--dim ${name}`, size, graph.file);
    if (settings.batch !== undefined) {
      checkSize('--batch', settings.batch, graph.file);
      this.#setBatch(graph, settings.batch);
    }
    for (const [name, size] of this.#settings) this.#sizes.set(name, size);
    checkUsed(graph, this.#settings);
  }

  /** The size of a stated dim, undefined when it is open. */
  size(dim: StatedDim): number | undefined {
    return typeof dim === 'string' ? this.#sizes.get(dim) : dim;
  }

  /** Whether inputs leave dims open. */
  get areOpen(): boolean {
    return this.#open.size > 0;
  }

  /** The value that the settings give to an input of one whole number or truth value. */
  value(input: ValueInfo): number | undefined {
    return isChoice(input) ? this.#settings.get(input.name) : undefined;
  }

  /** Dims of an input of the graph, each with a size. */
  inputDims(input: ValueInfo, dims: readonly StatedDim[], file: string): readonly number[] {
    return dims.map((dim, axis) => {
      const key = `${input.name}.${axis}`;
      const size = this.size(dim) ?? this.#sizes.get(key);
      if (size !== undefined) return size;
      const name = dim === undefined ? key : String(dim);
      const what = dim === undefined ? 'without a size' : `${quoted(String(dim))} without a size`;
      throw graphError(
        file,
        `input ${quoted(input.name)} has the dim ${axis} ${what}`,
        'value',
        `set it with --dim ${name}=VALUE${axis === 0 ? ' or --batch N' : ''}${this.#others(name)}`,
      );
    });
  }

  /** What else has no size, so that one more try is enough. */
  #others(name: string): string {
    const others = [...this.#open].filter((other) => other !== name && !this.#sizes.has(other));
    return others.length === 0 ? '' : `; others without a size: ${others.slice(0, 12).join(', ')}`;
  }

  #setBatch(graph: ModelGraph, batch: number): void {
    let isUsed = false;
    let taken: string | undefined;
    for (const { name, dims } of graph.inputs) {
      const first = dims?.[0];
      if (dims === undefined || dims.length === 0 || (typeof first === 'number' && first !== batch)) continue;
      const dim = first ?? `${name}.0`;
      const own = typeof dim === 'string' ? this.#settings.get(dim) : undefined;
      if (own !== undefined && own !== batch)
        taken ??= `--dim ${dim}=${own} sizes the first dim of input ${quoted(name)}`;
      else isUsed = true;
      if (typeof first === 'string') this.#sizes.set(first, batch);
      else if (first === undefined) this.#sizes.set(`${name}.0`, batch);
    }
    const fixed = graph.inputs.find(({ dims }) => typeof dims?.[0] === 'number' && dims[0] !== 1);
    const runsOne = fixed === undefined && graph.inputs.some(({ dims }) => dims?.[0] === 1);
    if (isUsed || batch === 1 || runsOne) return;
    if (taken !== undefined)
      throw graphError(graph.file, `the batch is asked to be ${batch}, but ${taken}`, 'value', 'leave out one of them');
    if (fixed === undefined)
      throw graphError(graph.file, `the batch is asked to be ${batch}, but no input of the model has a first dim`);
    throw graphError(
      graph.file,
      `the batch is asked to be ${batch}, but input ${quoted(fixed.name)} has the fixed first dim ${fixed.dims![0]}`,
      'value',
      'export the model with a first dim that has a name instead of a size',
    );
  }
}

/** Whether an input is one whole number or truth value, on which branches and sizes may depend. */
function isChoice({ dims, elementType }: ValueInfo): boolean {
  const isOne = dims?.every((dim) => dim === 1) === true && dims.length <= 1;
  return isOne && ['signed', 'unsigned', 'boolean'].includes(elementType?.kind ?? '');
}

function checkSize(option: string, size: number, file: string): void {
  if (!Number.isSafeInteger(size) || size < 0)
    throw new TrifoldError('usage', `${option} wants a whole number of at least 0, found ${size}`, { place: { file } });
}

function checkUsed(graph: ModelGraph, settings: ReadonlyMap<string, number>): void {
  if (settings.size === 0) return;
  const names = new Set<string>();
  for (const { name, dims } of [...graph.inputs, ...graph.outputs, ...graph.stated.values()])
    dims?.forEach((dim, axis) => {
      if (typeof dim === 'string') names.add(dim);
      else if (dim === undefined) names.add(`${name}.${axis}`);
    });
  for (const input of graph.inputs) if (isChoice(input)) names.add(input.name);
  for (const name of settings.keys())
    if (!names.has(name)) {
      const known = [...names].slice(0, 12).map(quoted).join(', ');
      throw graphError(
        graph.file,
        `--dim ${name} names no dim of the model`,
        'value',
        known === '' ? 'every dim of the model has a size' : `its dims without a size are ${known}`,
      );
    }
}
