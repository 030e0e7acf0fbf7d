import { isPair, isScalar, isSeq, visit, Document as YamlDocument } from 'yaml';
import { z } from 'zod';
import type { Accelerator } from '../accelerator/accelerator.ts';
import type { LevelMapping, Mapping } from '../mapping/mapping.ts';
import { suggestWord } from '../util/suggestion.ts';
import { DIMS, type Dim, TENSORS } from '../util/vocabulary.ts';
import type { Network } from '../workload/network.ts';
import { type Document, errorAt, readWith } from './document/document.ts';
import { listOfDifferent } from './document/list-of-different.ts';

const DIM_PATTERN = DIMS.join('');
const tensors = listOfDifferent(z.enum(TENSORS));
const temporalLoop = z
  .string()
  .regex(new RegExp(`^[${DIM_PATTERN}] [1-9][0-9]{0,14}$`), 'a temporal loop is a dim and a bound, for example "K 16"');
const spatialLoop = z
  .string()
  .regex(
    new RegExp(`^[${DIM_PATTERN}] [1-9][0-9]{0,14} [A-Z]$`),
    'a spatial loop is a dim, a bound and an array dimension, for example "K 16 X"',
  );

const levelSchema = z.strictObject({
  level: z.string(),
  temporal: z.array(temporalLoop).default([]),
  spatial: z.array(spatialLoop).default([]),
  keep: tensors,
  noMulticast: tensors.default([]),
});

/** Complete mappings of the layers of a network, as files hold them. */
export const mappingFileSchema = z.strictObject({
  name: z.string(),
  source: z.string().default(''),
  accelerator: z.string().optional(),
  workload: z.string().optional(),
  batch: z.number().int().positive().optional(),
  mappings: z.array(z.strictObject({ layer: z.string(), levels: z.array(levelSchema).min(1) })).min(1),
});

type MappingFile = z.infer<typeof mappingFileSchema>;

/** Mappings of several layers under their layers' names. */
export interface MappingSet {
  readonly name: string;
  readonly source: string;
  /** Batch that the mappings were made for. */
  readonly batch?: number;
  /**
   * Refuses to be used for another accelerator or workload than the file names, and layers that the workload does not have.
   * @throws TrifoldError with place and key
   */
  readonly checkUse: (accelerator: Accelerator, network: Network) => void;
  /** The mapping of a layer for an accelerator; undefined when the file has none for it. Names of levels and arrays are checked here. */
  readonly mappingOf: (layer: string, accelerator: Accelerator) => Mapping | undefined;
  readonly layers: readonly string[];
}

/** Reads complete mappings. @throws TrifoldError with place and key */
export function readMappings(document: Document): MappingSet {
  const file = readWith(mappingFileSchema, document);
  refuseEqualLayers(document, file);
  return {
    name: file.name,
    source: file.source,
    checkUse: (accelerator, network) => checkUse(document, file, accelerator, network),
    ...(file.batch === undefined ? {} : { batch: file.batch }),
    layers: file.mappings.map((entry) => entry.layer),
    mappingOf: (layer, accelerator) => {
      const index = file.mappings.findIndex((entry) => entry.layer === layer);
      return index < 0 ? undefined : mappingOf(document, file, index, accelerator);
    },
  };
}

function refuseEqualLayers(document: Document, { mappings }: MappingFile): void {
  const layers = mappings.map((entry) => entry.layer);
  const second = layers.findIndex((layer, i) => layers.indexOf(layer) < i);
  if (second >= 0)
    throw errorAt(
      document,
      ['mappings', second, 'layer'],
      'value',
      `layer ${layers[second]} is mapped twice`,
      'keep one of its mappings',
    );
}

function checkUse(document: Document, file: MappingFile, accelerator: Accelerator, network: Network): void {
  const stated = [
    ['accelerator', file.accelerator, accelerator.name],
    ['workload', file.workload, network.name],
  ] as const;
  for (const [key, made, used] of stated)
    if (made !== undefined && made !== used)
      throw errorAt(
        document,
        [key],
        'value',
        `these mappings are for ${key} ${made}, not for ${used}`,
        `take --${key} ${made}, or write ${key}: ${used} here if the mappings are meant for it`,
      );
  const known = network.layers.map((layer) => layer.name);
  const unknown = file.mappings.findIndex((entry) => !known.includes(entry.layer));
  if (unknown >= 0) {
    const { layer } = file.mappings[unknown]!;
    throw errorAt(
      document,
      ['mappings', unknown, 'layer'],
      'not-found',
      `${network.name} has no layer ${layer}`,
      suggestWord(layer, known),
    );
  }
}

function mappingOf(document: Document, file: MappingFile, index: number, accelerator: Accelerator): Mapping {
  const entry = file.mappings[index]!;
  const names = accelerator.levels.map((level) => level.name);
  const path = ['mappings', index, 'levels'];
  if (entry.levels.length !== names.length)
    throw errorAt(
      document,
      path,
      'illegal-mapping',
      `${entry.layer}: the mapping has ${entry.levels.length} levels, ${accelerator.name} has ${names.length}`,
      `levels of ${accelerator.name}, outermost first: ${names.join(', ')}`,
    );
  return {
    levels: entry.levels.map((level, i): LevelMapping => {
      if (level.level !== names[i])
        throw errorAt(
          document,
          [...path, i, 'level'],
          'illegal-mapping',
          `${entry.layer}: level ${i} is ${names[i]} on ${accelerator.name}, not ${level.level}`,
          `levels of ${accelerator.name}, outermost first: ${names.join(', ')}`,
        );
      return {
        temporal: level.temporal.map((text) => {
          const [loopDim, loopBound] = text.split(' ');
          // The schema's pattern guarantees a dim here.
          return { dim: loopDim as Dim, bound: Number(loopBound) };
        }),
        spatial: level.spatial.map((text, at) => {
          const [loopDim, loopBound, array] = text.split(' ');
          const arrays = accelerator.levels[i]!.fanOut.dimensions.map((dimension) => dimension.name);
          if (!arrays.includes(array!))
            throw errorAt(
              document,
              [...path, i, 'spatial', at],
              'illegal-mapping',
              `${entry.layer}: level ${names[i]} of ${accelerator.name} has no array dimension ${array}`,
              arrays.length === 0 ? 'it has no array at all' : `array dimensions: ${arrays.join(', ')}`,
            );
          return { dim: loopDim as Dim, bound: Number(loopBound), array: array! };
        }),
        keep: level.keep,
        noMulticast: level.noMulticast,
      };
    }),
  };
}

/** Mappings as YAML text that {@link readMappings} reads back to the same mappings. */
export function formatMappings(
  header: { name: string; source: string; accelerator: Accelerator; workload: string; batch: number },
  mappings: readonly { readonly layer: string; readonly mapping: Mapping }[],
): string {
  const { accelerator } = header;
  const document = new YamlDocument({
    name: header.name,
    source: header.source,
    accelerator: accelerator.name,
    workload: header.workload,
    batch: header.batch,
    mappings: mappings.map(({ layer, mapping }) => ({
      layer,
      levels: mapping.levels.map((level, i) => ({
        level: accelerator.levels[i]!.name,
        temporal: level.temporal.filter((loop) => loop.bound > 1).map((loop) => `${loop.dim} ${loop.bound}`),
        spatial: level.spatial
          .filter((loop) => loop.bound > 1)
          .map((loop) => `${loop.dim} ${loop.bound} ${loop.array}`),
        keep: [...level.keep],
        ...(level.noMulticast.length === 0 ? {} : { noMulticast: [...level.noMulticast] }),
      })),
    })),
  });
  visit(document, {
    Pair: (_, pair) => {
      if (isPair(pair) && isScalar(pair.key) && pair.key.value !== 'mappings' && pair.key.value !== 'levels')
        if (isSeq(pair.value)) pair.value.flow = true;
    },
  });
  return document.toString({ lineWidth: 120, flowCollectionPadding: false });
}
