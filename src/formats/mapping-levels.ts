import { isPair, isScalar, isSeq, visit, type Document as YamlDocument } from 'yaml';
import { z } from 'zod';
import type { Accelerator } from '../accelerator/accelerator.ts';
import type { LevelMapping, Mapping } from '../mapping/mapping.ts';
import { DIMS, type Dim, TENSORS } from '../util/vocabulary.ts';
import { type Document, errorAt, type KeyPath } from './document/document.ts';
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

/** One level of a complete mapping in a file. */
const mappingLevelSchema = z.strictObject({
  level: z.string(),
  temporal: z.array(temporalLoop).default([]),
  spatial: z.array(spatialLoop).default([]),
  keep: tensors,
  noMulticast: tensors.default([]),
});

/** The levels of a complete mapping in a file, outermost first. */
export const mappingLevelsSchema = z.array(mappingLevelSchema).min(1);

/** The levels of a complete mapping in a file. */
type MappingLevels = z.infer<typeof mappingLevelsSchema>;

/**
 * Levels of a file as a mapping for an accelerator.
 * @param path of the levels
 * @param what is mapped, for messages
 * @throws TrifoldError `illegal-mapping` with place and key where levels or array dimensions are not the accelerator's
 */
export function mappingOfLevels(
  document: Document,
  path: KeyPath,
  what: string,
  levels: MappingLevels,
  accelerator: Accelerator,
): Mapping {
  const names = accelerator.levels.map((level) => level.name);
  if (levels.length !== names.length)
    throw errorAt(
      document,
      path,
      'illegal-mapping',
      `${what}: the mapping has ${levels.length} levels, ${accelerator.name} has ${names.length}`,
      `levels of ${accelerator.name}, outermost first: ${names.join(', ')}`,
    );
  return {
    levels: levels.map((level, i): LevelMapping => {
      if (level.level !== names[i])
        throw errorAt(
          document,
          [...path, i, 'level'],
          'illegal-mapping',
          `${what}: level ${i} is ${names[i]} on ${accelerator.name}, not ${level.level}`,
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
              `${what}: level ${names[i]} of ${accelerator.name} has no array dimension ${array}`,
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

/** A mapping as the levels of a file, without loops of one round. */
export function levelsOfMapping({ levels }: Pick<Accelerator, 'levels'>, mapping: Mapping) {
  return mapping.levels.map((level, i) => ({
    level: levels[i]!.name,
    temporal: level.temporal.filter((loop) => loop.bound > 1).map((loop) => `${loop.dim} ${loop.bound}`),
    spatial: level.spatial.filter((loop) => loop.bound > 1).map((loop) => `${loop.dim} ${loop.bound} ${loop.array}`),
    keep: [...level.keep],
    ...(level.noMulticast.length === 0 ? {} : { noMulticast: [...level.noMulticast] }),
  }));
}

/** A document as text, with lists on one line each but those under the named keys. */
export function textOfMappings(document: YamlDocument, blocks: readonly string[]): string {
  visit(document, {
    Pair: (_, pair) => {
      if (isPair(pair) && isScalar(pair.key) && !blocks.includes(String(pair.key.value)))
        if (isSeq(pair.value)) pair.value.flow = true;
    },
  });
  return document.toString({ lineWidth: 120, flowCollectionPadding: false });
}
