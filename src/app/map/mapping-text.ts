import { formatMappings } from '../../formats/mapping-file.ts';
import type { NetworkReport } from '../explain/evaluate.ts';

/** Name of the result file with the mappings of a network: what not every file system takes in a name becomes `-`, and long names are cut. */
export function mappingFileName(network: string): string {
  return `mapping-${network.replaceAll(/[^\w.-]+/g, '-').slice(0, 100)}.yaml`;
}

/**
 * The mappings of a network as YAML that `trifold eval` reads.
 * @param source the command that found them
 */
export function mappingText({ network, accelerator, layers }: NetworkReport, source: string, batch: number): string {
  return formatMappings(
    { name: `${network.name}-on-${accelerator.name}`, source, accelerator, workload: network.name, batch },
    layers.map(({ layer, mapping }) => ({ layer: layer.name, mapping })),
  );
}
