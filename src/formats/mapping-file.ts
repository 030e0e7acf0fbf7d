import { Document as YamlDocument } from 'yaml';
import { z } from 'zod';
import type { Accelerator } from '../accelerator/accelerator.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { suggestWord } from '../util/suggestion.ts';
import type { Network } from '../workload/network.ts';
import { type Document, errorAt, readWith } from './document/document.ts';
import { refuseOtherUse } from './made-for.ts';
import { levelsOfMapping, mappingLevelsSchema, mappingOfLevels, textOfMappings } from './mapping-levels.ts';

/** Complete mappings of the layers of a network, as files hold them. */
export const mappingFileSchema = z.strictObject({
  name: z.string(),
  source: z.string().default(''),
  accelerator: z.string().optional(),
  workload: z.string().optional(),
  batch: z.number().int().positive().optional(),
  mappings: z.array(z.strictObject({ layer: z.string(), levels: mappingLevelsSchema })).min(1),
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
      if (index < 0) return undefined;
      return mappingOfLevels(document, ['mappings', index, 'levels'], layer, file.mappings[index]!.levels, accelerator);
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
  refuseOtherUse(document, 'mappings', [
    { key: 'accelerator', made: file.accelerator, used: accelerator.name },
    { key: 'workload', made: file.workload, used: network.name },
  ]);
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
      levels: levelsOfMapping(accelerator, mapping),
    })),
  });
  return textOfMappings(document, ['mappings', 'levels']);
}
