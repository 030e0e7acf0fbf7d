import { stringify } from 'yaml';
import { parseDocument } from '../../src/formats/document/document.ts';
import { readWorkload } from '../../src/formats/workload/workload.ts';
import type { Network } from '../../src/workload/network.ts';

/** The network of a text. */
export function read(text: string, batch = 1): Network {
  return readWorkload(parseDocument(text, 'net.yaml'), { batch }).network;
}

/** The text of a workload file with these layers. */
export function file(layers: readonly unknown[], more: object = {}): string {
  return stringify({ name: 'net', source: 'test', ...more, layers });
}

/** A network without its graph: what costs the same however it is written. */
export function layersAlone({ graph: _, ...network }: Network): Network {
  return network;
}
