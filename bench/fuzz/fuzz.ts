import { parse } from 'yaml';
import { describeError, TrifoldError } from '../../src/util/errors.ts';
import { Random } from '../../src/util/random.ts';
import { oneIn, pick, weighted } from './choices.ts';
import type { FuzzFormat } from './format.ts';
import { mustReadAsError, WrongResult } from './invariants.ts';
import { mutateBytes } from './text-mutations.ts';
import { mutateTree } from './tree-mutations.ts';

/** Most processor time of one input; the first report alone takes more than one second to load what draws it. */
export const MOST_SECONDS = 4;
/** Characters that an error shows at most: a terminal full. */
const MOST_ERROR_TEXT = 6000;

/** What became of an input. */
export type Outcome = 'accepted' | `refused: ${TrifoldError['code']}` | 'crashed' | 'wrong' | 'over time';

/** An input and what became of it. */
export interface Tried {
  readonly format: string;
  readonly bytes: Buffer;
  readonly outcome: Outcome;
  /** What was thrown; null where nothing was. */
  readonly error: unknown;
  readonly cpuSeconds: number;
}

/** Inputs that follow from a seed and their number alone, and what they are tried on. */
export class Fuzzer {
  readonly #drawn: readonly FuzzFormat[];
  readonly #trees = new Map<Buffer, unknown>();
  readonly #seed: number;

  constructor(formats: readonly FuzzFormat[], seed: number) {
    this.#drawn = weighted(formats);
    this.#seed = seed;
  }

  /** Makes an input and tries it. @param onInput told the input before */
  async try(index: number, onInput: (bytes: Buffer) => void = () => {}): Promise<Tried> {
    const random = Random.forIndex(this.#seed, index);
    const format = pick(random, this.#drawn);
    const at = random.nextInt(format.seeds.length);
    const bytes = this.#input(random, format, at);
    onInput(bytes);
    const begun = process.cpuUsage();
    let outcome: Outcome = 'accepted';
    let error: unknown = null;
    try {
      await format.run(bytes, random, at);
    } catch (thrown) {
      error = thrown;
      outcome = refusal(thrown, bytes);
    }
    const { user, system } = process.cpuUsage(begun);
    const cpuSeconds = (user + system) / 1e6;
    if (cpuSeconds > MOST_SECONDS && outcome !== 'crashed' && outcome !== 'wrong') outcome = 'over time';
    return { format: format.name, bytes, outcome, error, cpuSeconds };
  }

  #input(random: Random, { data, seeds }: FuzzFormat, at: number): Buffer {
    const seed = seeds[at]!;
    if (oneIn(random, 50)) return seed;
    const isText = data === 'none' || oneIn(random, 3);
    if (data === 'json lines' && !isText) return this.#line(random, seed);
    const tree = isText ? undefined : this.#treeOf(seed);
    if (tree === undefined || tree === null) return mutateBytes(random, seed, pick(random, seeds));
    const text = mutateTree(random, tree, data === 'yaml');
    return oneIn(random, 12) ? mutateBytes(random, Buffer.from(text), seed) : Buffer.from(text);
  }

  /** The data of one line changed. */
  #line(random: Random, seed: Buffer): Buffer {
    const lines = seed.toString().split('\n');
    const at = random.nextInt(lines.length - 1);
    return Buffer.from(lines.with(at, mutateTree(random, JSON.parse(lines[at]!), false)).join('\n'));
  }

  #treeOf(seed: Buffer): unknown {
    if (!this.#trees.has(seed)) this.#trees.set(seed, parsed(seed.toString()));
    return this.#trees.get(seed);
  }
}

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

function refusal(thrown: unknown, bytes: Buffer): Outcome {
  if (thrown instanceof WrongResult) return 'wrong';
  if (!(thrown instanceof TrifoldError)) return 'crashed';
  const text = describeError(thrown);
  try {
    mustReadAsError(text, bytes.toString());
  } catch {
    return 'wrong';
  }
  return text.length > MOST_ERROR_TEXT ? 'wrong' : `refused: ${thrown.code}`;
}
