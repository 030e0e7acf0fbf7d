/**
 * Writes mappings/eyeriss-alexnet.yaml and mappings/eyeriss-vgg16.yaml: the row-stationary mappings of the chip from the parameters of its
 * papers. Run with `npx tsx scripts/eyeriss-mappings.ts`.
 */
import { writeFileSync } from 'node:fs';
import { loadAccelerator, loadWorkload } from '../src/app/presets/load.ts';
import { formatMappings } from '../src/formats/mapping-file.ts';
import { checkMapping } from '../src/mapping/legality.ts';
import type { LevelMapping, Mapping, SpatialLoop, TemporalLoop } from '../src/mapping/mapping.ts';
import { ceilDiv } from '../src/util/integers.ts';
import type { Dim } from '../src/util/vocabulary.ts';
import type { Layer } from '../src/workload/network.ts';

/**
 * Parameters of a row-stationary pass (JSSC 2017, table III): m filters and n images with partial sums in the global buffer,
 * e output rows across the array, p filters and q channels inside a PE, r channel sets and t filter sets across the array.
 */
interface RowStationary {
  readonly m: number;
  readonly n: number;
  readonly e: number;
  readonly p: number;
  readonly q: number;
  readonly r: number;
  readonly t: number;
  /** Copies of the filter sets that stand beside each other on X instead of above each other on Y. */
  readonly tOnX?: number;
  /** Rows of output that are folded onto Y because e is wider than the array. */
  readonly foldedRows?: number;
}

const ALEXNET: Readonly<Record<string, RowStationary>> = {
  conv1: { m: 96, n: 1, e: 7, p: 16, q: 1, r: 1, t: 2, tOnX: 2 },
  conv2: { m: 64, n: 1, e: 27, p: 16, q: 2, r: 1, t: 1, foldedRows: 2 },
  conv3: { m: 64, n: 4, e: 13, p: 16, q: 4, r: 1, t: 4 },
  conv4: { m: 64, n: 4, e: 13, p: 16, q: 3, r: 2, t: 2 },
  conv5: { m: 64, n: 4, e: 13, p: 16, q: 3, r: 2, t: 2 },
};

const VGG_EARLY: RowStationary = { m: 16, n: 1, e: 13, p: 4, q: 1, r: 1, t: 4 };
const VGG_CONV2: RowStationary = { ...VGG_EARLY, m: 32, p: 8 };
const VGG_CONV3: RowStationary = { m: 64, n: 1, e: 13, p: 16, q: 2, r: 1, t: 4 };
const VGG_CONV4: RowStationary = { m: 64, n: 1, e: 14, p: 16, q: 4, r: 1, t: 4 };
const VGG_CONV5: RowStationary = { m: 64, n: 3, e: 14, p: 16, q: 4, r: 2, t: 2 };
const VGG16: Readonly<Record<string, RowStationary>> = {
  conv1_1: VGG_EARLY,
  conv1_2: VGG_EARLY,
  conv2_1: VGG_CONV2,
  conv2_2: VGG_CONV2,
  conv3_1: VGG_CONV3,
  'conv3_2-3': VGG_CONV3,
  conv4_1: VGG_CONV4,
  'conv4_2-3': VGG_CONV4,
  'conv5_1-3': VGG_CONV5,
};

function rowStationary(layer: Layer, { m, n, e, p, q, r, t, tOnX = 1, foldedRows = 1 }: RowStationary): Mapping {
  const { bounds } = layer.problem;
  const temporal = (...loops: [Dim, number][]): TemporalLoop[] =>
    loops.filter(([, bound]) => bound > 1).map(([dim, bound]) => ({ dim, bound }));
  const spatial = (...loops: [Dim, number, string][]): SpatialLoop[] =>
    loops.filter(([, bound]) => bound > 1).map(([dim, bound, array]) => ({ dim, bound, array }));
  const columns = ceilDiv(e, foldedRows);
  const dram: LevelMapping = {
    temporal: temporal(
      ['G', bounds.G],
      ['K', ceilDiv(bounds.K, m)],
      ['N', ceilDiv(bounds.N, n)],
      ['P', ceilDiv(bounds.P, foldedRows * columns)],
      ['C', ceilDiv(bounds.C, q * r)],
    ),
    spatial: [],
    keep: ['Weights', 'Inputs', 'Outputs'],
    noMulticast: [],
  };
  const buffer: LevelMapping = {
    temporal: temporal(['K', ceilDiv(m, p * t)], ['N', n], ['Q', bounds.Q]),
    spatial: spatial(
      ['R', bounds.R, 'Y'],
      ['C', r, 'Y'],
      ['K', t / tOnX, 'Y'],
      ['P', foldedRows, 'Y'],
      ['K', tOnX, 'X'],
      ['P', columns, 'X'],
    ),
    keep: ['Inputs', 'Outputs'],
    noMulticast: [],
  };
  const pads: LevelMapping = {
    temporal: temporal(['C', q], ['S', bounds.S], ['K', p]),
    spatial: [],
    keep: ['Weights', 'Inputs', 'Outputs'],
    noMulticast: [],
  };
  return { levels: [dram, buffer, pads] };
}

function write(
  name: string,
  workload: string,
  batch: number,
  source: string,
  table: Readonly<Record<string, RowStationary>>,
) {
  const accelerator = loadAccelerator('eyeriss-spads');
  const { network } = loadWorkload(workload, batch);
  const mappings = Object.entries(table).map(([layerName, parameters]) => {
    const layer = network.layers.find((candidate) => candidate.name === layerName);
    if (layer === undefined) throw new Error(`${workload} has no layer ${layerName}`);
    const mapping = rowStationary(layer, parameters);
    const violations = checkMapping(layer, accelerator, mapping);
    if (violations.length > 0) throw new Error(`${layerName}: ${violations.map((one) => one.message).join('; ')}`);
    return { layer: layerName, mapping };
  });
  writeFileSync(`mappings/${name}.yaml`, formatMappings({ name, source, accelerator, workload, batch }, mappings));
}

write(
  'eyeriss-alexnet',
  'alexnet',
  4,
  'Chen, Krishna, Emer, Sze, Eyeriss, JSSC 2017, table III (m, n, e, p, q, r, t per layer); filters bypass the global buffer, rows slide along Q, channels accumulate in the global buffer. Written by scripts/eyeriss-mappings.ts.',
  ALEXNET,
);
write(
  'eyeriss-vgg16',
  'vgg16',
  3,
  'Derived, not published: e from the measured active PEs (JSSC 2017, table VI: 156 = 3 x 13 x 4, 168 = 3 x 14 x 4), q x r from the measured global-buffer accesses per MAC, m as many partial sums as 100 KB hold. Written by scripts/eyeriss-mappings.ts.',
  VGG16,
);
