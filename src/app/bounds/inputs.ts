import { type Accelerator, capacityBits } from '../../accelerator/accelerator.ts';
import { DEFAULT_WORD_BITS } from '../../formats/workload/workload.ts';
import type { BoundsRequest } from '../../options/bounds.ts';
import { storageLives } from '../../schedule/storage-lives.ts';
import { type Border, borderOf, PLAIN_LEVEL } from '../../search/traffic/border.ts';
import { TrifoldError } from '../../util/errors.ts';
import { suggestWord } from '../../util/suggestion.ts';
import { TENSORS, type TensorName } from '../../util/vocabulary.ts';
import { networkSequence } from '../../workload/graph/network-sequence.ts';
import type { Sequence } from '../../workload/graph/sequence.ts';
import { linear } from '../../workload/layers.ts';
import type { LayerShape, Network } from '../../workload/network.ts';
import { selectNetwork } from '../../workload/select-layers.ts';
import { loadAccelerator, loadWorkload } from '../presets/load.ts';
import { findLevel } from '../sweep/vary.ts';
import { capacityReader, readValues } from '../sweep/vary-values.ts';

/** The border of an accelerator that is bounded. */
export interface NamedBorder {
  readonly accelerator: Accelerator;
  readonly outer: string;
  readonly buffer: string;
  /** Of all its instances together; null = unlimited. */
  readonly capacityBits: number | null;
  readonly instances: number;
  readonly doubleBuffered: boolean;
  /** Tensors that mappings may lead past the buffer: such mappings are not bounded. */
  readonly bypassing: readonly TensorName[];
}

/** Two layers that follow each other. */
export interface BoundsPair {
  readonly sequence: Sequence;
  /** The first of the two in the sequence. */
  readonly first: number;
  readonly names: readonly [string, string];
}

/** A request with its names resolved. */
export interface BoundsInputs {
  readonly network: Network;
  readonly named: NamedBorder | null;
  readonly borderOf: (layer: LayerShape) => Border;
  /** Two layers that may run together; null = none are asked about. */
  readonly pair: BoundsPair | null;
  /** Capacities that are asked for, in bits, ascending; null = the default. */
  readonly capacities: readonly number[] | null;
}

/** Resolves the names of a request. @throws TrifoldError for unknown names, bad files and capacities that cannot be read */
export function boundsInputs(request: BoundsRequest): BoundsInputs {
  const { between, accelerator: name, level, technology } = request;
  for (const [option, value] of Object.entries({ level, technology }))
    if (value !== undefined && name === undefined)
      throw new TrifoldError('usage', `--${option} goes with --accelerator`, {
        hint: `name the accelerator, or leave out --${option}`,
      });
  const capacities = between === undefined ? null : readValues(between, capacityReader('--between '));
  const whole = requestedNetwork(request);
  const pair = request.pair === undefined ? null : requestedPair(whole, request.pair, request);
  const network = pair === null ? selectNetwork(whole, request.layer) : pairNetwork(whole, pair);
  if (name === undefined)
    return { network, named: null, borderOf: (layer) => borderOf(layer, PLAIN_LEVEL, PLAIN_LEVEL), pair, capacities };
  const accelerator = loadAccelerator(name, technology);
  const at = level === undefined ? 0 : levelNamed(accelerator, level);
  const [outer, buffer] = [accelerator.levels[at]!, accelerator.levels[at + 1]];
  if (buffer === undefined)
    throw new TrifoldError(
      'usage',
      `${outer.name} is the innermost level of ${accelerator.name}: there is no buffer inside it`,
      {
        hint:
          at === 0
            ? 'name an accelerator with a buffer'
            : `name a level further out: ${namesOf(accelerator).join(', ')}`,
      },
    );
  const { capacity, instances, doubleBuffered } = buffer;
  const one = capacityBits(capacity);
  return {
    network,
    named: {
      ...{ accelerator, outer: outer.name, buffer: buffer.name, instances, doubleBuffered },
      capacityBits: one === null ? null : one * instances,
      bypassing: TENSORS.filter((tensor) => !buffer.mustKeep.includes(tensor)),
    },
    borderOf: (layer) => borderOf(layer, outer, buffer, accelerator),
    ...{ pair, capacities },
  };
}

function namesOf({ levels }: Accelerator): string[] {
  return levels.slice(0, -1).map((level) => level.name);
}

function levelNamed(accelerator: Accelerator, name: string): number {
  const index = findLevel(name, accelerator);
  if (index !== undefined) return index;
  throw new TrifoldError('not-found', `${accelerator.name} has no level ${name}`, {
    hint: suggestWord(name, namesOf(accelerator)),
  });
}

/** @throws TrifoldError for what is no pair, and options that it does not know */
function requestedPair(network: Network, name: string, { layer, accelerator }: BoundsRequest): BoundsPair {
  for (const [option, value] of Object.entries({ layer, accelerator }))
    if (value !== undefined)
      throw new TrifoldError('usage', `--pair takes no --${option}`, {
        hint: 'a pair is bounded for words as wide as the network states them, held once',
      });
  const sequence = networkSequence(network);
  if ('reason' in sequence) throw new TrifoldError('unsupported', `${network.name}: ${sequence.reason}`);
  const { operators, tensors } = sequence;
  const first = operators.findIndex((operator) => operator.name === name);
  if (first < 0)
    throw new TrifoldError('not-found', `${network.name} has no operator ${name}`, {
      hint: suggestWord(
        name,
        operators.map((operator) => operator.name),
      ),
    });
  const [one, next] = [operators[first]!, operators[first + 1]];
  const refuse = (why: string): never => {
    throw new TrifoldError('unsupported', `${name} is no first of a pair: ${why}`, {
      hint: 'name a layer that the next operator, a layer too, alone reads',
    });
  };
  if (one.kind !== 'mac') return refuse('it is no layer');
  if (next === undefined) return refuse('nothing comes after it');
  if (next.kind !== 'mac') return refuse(`${next.name} after it is no layer`);
  const { storage } = tensors[one.output]!;
  const { role } = sequence.storages[storage]!;
  const { users, tensors: aliases } = storageLives(sequence)[storage]!;
  if (
    role !== 'inner' ||
    aliases !== 1 ||
    users.length !== 1 ||
    users[0] !== first + 1 ||
    next.inputs[0] !== one.output
  )
    return refuse(`${next.name} after it is not all that reads its output`);
  return { sequence, first, names: [name, next.name] };
}

/** The two layers of a pair, once each. */
function pairNetwork({ name, source, layers }: Network, { sequence, first }: BoundsPair): Network {
  const both = [first, first + 1].flatMap((index) => {
    const operator = sequence.operators[index]!;
    return operator.kind === 'mac' ? [{ ...layers[operator.layer]!, name: operator.name, repeat: 1 }] : [];
  });
  return { name, source, layers: both };
}

/** A preset, a file, or a matrix product. */
function requestedNetwork(request: BoundsRequest): Network {
  const { workload, batch, dims, layer } = request;
  if (!/^\d+(?:[x\u00d7*]\d+)+$/i.test(workload)) return loadWorkload(workload, batch, request).network;
  const sizes = workload.split(/[x\u00d7*]/i).map(Number);
  const [rows, columns, inner] = sizes;
  if (sizes.length !== 3 || rows === undefined || columns === undefined || inner === undefined)
    throw new TrifoldError('usage', `'${workload}' is no matrix product`, {
      hint: 'write MxNxK, e.g. 512x768x3072: [M x K] times [K x N]',
    });
  if (sizes.some((size) => !Number.isSafeInteger(size) || size < 1) || !Number.isSafeInteger(rows * columns * inner))
    throw new TrifoldError(
      'value',
      `'${workload}': sizes are whole numbers of at least 1, with at most 2^53 products`,
      {
        hint: 'write MxNxK, e.g. 512x768x3072',
      },
    );
  if (dims !== undefined || layer !== undefined)
    throw new TrifoldError('usage', `a matrix product takes no ${dims === undefined ? '--layer' : '--dim'}`, {
      hint: `leave it out`,
    });
  const problem = linear({ name: workload, inputs: inner, outputs: columns, tokens: rows, batch });
  const wordBits = DEFAULT_WORD_BITS;
  const one = { name: workload, kind: 'matmul', problem, wordBits, repeat: 1, parameters: columns * inner };
  return { name: workload, layers: [one], source: 'command line' };
}
