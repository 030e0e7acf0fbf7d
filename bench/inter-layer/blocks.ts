import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { loadWorkload, presetNames, readText, resolveFile } from '../../src/app/presets/load.ts';
import { networkSequence } from '../../src/workload/graph/network-sequence.ts';

/** What follows the name of a network where one of its repeated blocks is meant. */
const BLOCK = ':block';

/** A repeated block of a workload file. */
interface Block {
  readonly name: string;
  readonly defaults?: unknown;
  readonly wordBits?: unknown;
  readonly layers: readonly object[];
}

/** All shipped networks, each followed by its transformer block where it has one, as `name:block`. */
export function benchedNetworks(): string[] {
  return presetNames('workloads').flatMap((name) => (blockOf(name) === null ? [name] : [name, `${name}${BLOCK}`]));
}

/**
 * Does something with the file of a network: of a preset, or of a block that runs once, on what enters it the first time.
 * @param network name, or `name:block` @throws RangeError where the network has no such block
 */
export async function withNetworkFile<Result>(
  network: string,
  work: (file: string) => Promise<Result>,
): Promise<Result> {
  if (!network.endsWith(BLOCK)) return await work(network);
  const folder = mkdtempSync(join(tmpdir(), 'trifold-block-'));
  try {
    const file = join(folder, 'block.yaml');
    writeFileSync(file, blockText(network.slice(0, -BLOCK.length)));
    return await work(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function blockText(network: string): string {
  const block = blockOf(network);
  if (block === null) throw new RangeError(`${network} has no transformer block`);
  const { name, layers, ...others } = block;
  return stringify({
    name: `${network}-${name}`,
    source: `one ${name} of ${network}`,
    ...others,
    input: inputOf(network, name),
    layers,
  });
}

function isKind(entry: object, kind: string): boolean {
  return 'kind' in entry && entry.kind === kind;
}

/** The repeated block of a shipped network where it is a transformer's: one with attention; null: there is none. */
function blockOf(network: string): Block | null {
  // Shipped files have been checked by their reader; a test loads every block.
  const { defaults, wordBits, layers } = parse(readText(resolveFile('workloads', network))) as Omit<Block, 'name'>;
  const found = layers.find((entry) => isKind(entry, 'block') && 'repeat' in entry);
  if (found === undefined || !(found as Block).layers.some((entry) => isKind(entry, 'softmax'))) return null;
  const { name, layers: own } = found as Block;
  return {
    name,
    ...(defaults === undefined ? {} : { defaults }),
    ...(wordBits === undefined ? {} : { wordBits }),
    layers: own,
  };
}

/** Features and tokens of what enters a block. */
function inputOf(network: string, block: string): number[] {
  const sequence = networkSequence(loadWorkload(network).network);
  if ('reason' in sequence) throw new RangeError(sequence.reason);
  const first = sequence.operators.find(({ name }) => name.startsWith(`${block}[0].`) || name.startsWith(`${block}.`));
  const [, features, tokens] = sequence.tensors[first!.inputs[0]!]!.sizes;
  return [features, tokens];
}
