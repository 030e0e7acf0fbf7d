import { formatMappings } from '../../formats/mapping-file.ts';
import type { NetworkReport } from '../explain/evaluate.ts';

/**
 * Names of the result files with the mappings of networks: what not every file system takes in a name becomes `-`, long names are cut, and
 * those that some file system would take for the same get a number.
 */
export function mappingFileNames(networks: readonly string[]): string[] {
  const taken = new Set<string>();
  return networks.map((network) => {
    const stem = `mapping-${network.replaceAll(/[^\w.-]+/g, '-').slice(0, 100)}`;
    let name = stem;
    for (let copy = 2; taken.has(name.toLowerCase()); copy++) name = `${stem}-${copy}`;
    taken.add(name.toLowerCase());
    return `${name}.yaml`;
  });
}

/** Name of the result file with the mappings of a run's only network. */
export function mappingFileName(network: string): string {
  return mappingFileNames([network])[0]!;
}

/** Name of the result file with the schedule of a network, from that of its mappings. */
export function scheduleFileOf(mappingFile: string): string {
  return mappingFile.replace('mapping-', 'schedule-');
}

/** Name of the result file with the schedule of a run's only network. */
export function scheduleFileName(network: string): string {
  return scheduleFileOf(mappingFileName(network));
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
