import type { Accelerator, StorageLevel } from '../../accelerator/accelerator.ts';
import { ownValue } from '../../util/own-value.ts';
import { suggestWord } from '../../util/suggestion.ts';
import { perTensor, TENSORS } from '../../util/vocabulary.ts';
import type { WordBits } from '../../workload/layer.ts';
import { type Document, errorAt, type KeyPath } from '../document/document.ts';
import type { RecordedArchitecture } from './case-schema.ts';

/** An architecture as recorded, and the widths of the words of all its layers. */
export interface CaseAccelerator {
  readonly accelerator: Accelerator;
  /** Outputs: the widest partial sum. */
  readonly wordBits: WordBits;
}

/**
 * The accelerator of a case: every level keeps every tensor, one array dimension, a vector unit that works on words wherever they are, no leakage.
 * @throws TrifoldError with place and key where levels, instances or widths do not fit one another
 */
export function caseAccelerator(
  document: Document,
  path: KeyPath,
  id: string,
  arch: RecordedArchitecture,
): CaseAccelerator {
  const { levels, spatial, mac, bits, vector } = arch;
  const names = levels.map(({ name }) => name);
  const twice = names.findIndex((name, index) => names.indexOf(name) < index);
  if (twice >= 0)
    throw errorAt(document, [...path, 'levels', twice, 'name'], 'value', `two levels are called ${names[twice]}`);
  const array = names.indexOf(spatial.level);
  if (array < 0)
    throw errorAt(
      document,
      [...path, 'spatial', 'level'],
      'not-found',
      `there is no level ${spatial.level}`,
      suggestWord(spatial.level, names),
    );
  for (const [index, { name, dram, instances }] of levels.entries()) {
    const at = [...path, 'levels', index];
    if (dram !== (index === 0))
      throw errorAt(document, [...at, 'dram'], 'value', 'the first level, and no other, is the outermost memory');
    const expected = index > array ? spatial.size : 1;
    if (instances !== expected)
      throw errorAt(
        document,
        [...at, 'instances'],
        'value',
        `${name} must have ${expected} instances, not ${instances}`,
        `the only fan-out is that below ${spatial.level}, of ${spatial.size}`,
      );
  }
  if (mac.instances !== spatial.size)
    throw errorAt(
      document,
      [...path, 'mac', 'instances'],
      'value',
      `there must be ${spatial.size} MACs, one for each child of ${spatial.level}, not ${mac.instances}`,
    );
  const partial = names.map((name) => {
    const width = ownValue(bits.partial, name);
    if (width === undefined)
      throw errorAt(document, [...path, 'bits', 'partial'], 'value', `the width of partial sums at ${name} is missing`);
    return width;
  });
  const accelerator: Accelerator = {
    name: id,
    // Tiles of the program that made the cases are boxes: words that a stride skips move and take room.
    tiles: 'box',
    levels: levels.map(
      (level, index): StorageLevel => ({
        name: level.name,
        isDram: level.dram,
        capacity:
          level.capacity_words === null
            ? { kind: 'unlimited' }
            : { kind: 'shared', bits: level.capacity_words * level.word_bits },
        doubleBuffered: false,
        wordBits: level.word_bits,
        storedBits: { Weights: bits.weight, Inputs: bits.activation, Outputs: partial[index]! },
        blockWords: level.block_words,
        bandwidth: {
          ...(level.bandwidth.read === undefined ? {} : { readWordsPerCycle: level.bandwidth.read }),
          ...(level.bandwidth.write === undefined ? {} : { writeWordsPerCycle: level.bandwidth.write }),
          ...(level.bandwidth.shared === undefined ? {} : { sharedWordsPerCycle: level.bandwidth.shared }),
        },
        energy: { readPj: level.energy_pJ.read, fillPj: level.energy_pJ.fill, updatePj: level.energy_pJ.update },
        mayKeep: TENSORS,
        mustKeep: TENSORS,
        instances: level.instances,
        areaMm2: 0,
        leakagePjPerCycle: 0,
        fanOut: {
          dimensions: index === array ? [{ name: spatial.array, size: spatial.size, parallelDims: spatial.dims }] : [],
          multicast: perTensor(() => true),
          hopEnergyPj: 0,
        },
      }),
    ),
    mac: { instances: mac.instances, wordBits: bits.activation, energyPj: mac.energy_pJ, areaMm2: 0 },
    vectorUnit: {
      level: 0,
      simplePerCycle: vector.lanes,
      specialPerCycle: vector.lanes,
      simplePj: vector.energy_pJ,
      specialPj: vector.energy_pJ,
    },
    clockHz: 1e9,
    technology: 'explicit',
    source: 'record',
  };
  return { accelerator, wordBits: { Weights: bits.weight, Inputs: bits.activation, Outputs: Math.max(...partial) } };
}
