import { buildAccelerator } from '../../src/accelerator/build.ts';
import { mapInputs, requestedObjective } from '../../src/app/map/inputs.ts';
import { loadWorkload } from '../../src/app/presets/load.ts';
import { readVariation } from '../../src/app/sweep/vary.ts';
import { readRate } from '../../src/formats/quantity/bandwidth.ts';
import { type QuantityKind, readQuantity, UNIT } from '../../src/formats/quantity/quantity.ts';
import { readRequest } from '../../src/options/command.ts';
import { MAP } from '../../src/options/map.ts';
import { TrifoldError } from '../../src/util/errors.ts';
import type { Network } from '../../src/workload/network.ts';
import { selectLayers } from '../../src/workload/select-layers.ts';
import { oneIn, pick } from './choices.ts';
import { exploreMapping, presetHardware } from './follow-ups.ts';
import { type FuzzFormat, seedsOf } from './format.ts';
import { mustHold } from './invariants.ts';
import { scratchFile } from './scratch.ts';
import { TINY_NETWORK } from './small-texts.ts';

const OBJECTIVES = [
  ...[
    'edp',
    'energy',
    'latency',
    'energy * latency^2',
    'energy^60 * latency',
    'sqrt(energy) + latency',
    'log(energy) + 2 * log(latency)',
  ],
  ...[
    'energy * latency * area',
    'max(energy, latency)',
    'energy / (1 + power)',
    '2 J + energy',
    'exp(latency)',
    '(energy + 1e-9) ^ (1/2) * cycles',
  ],
  ...[
    'min(edp, 3)',
    '1 ms * energy',
    'energy > 3 ? 1 : 2',
    '-energy',
    'abs(energy)',
    'cycles!',
    'energy[1]',
    '{a: energy}',
    'f(x) = x',
  ],
];
const LIMITS = [
  'latency < 2 ms',
  'energy <= 3 uJ',
  'area < 10 mm^2',
  'power <= 0.2 W',
  'cycles < 21881',
  '1 ms > latency',
  'energy / 2 < 1 mJ',
];
const QUANTITIES = [
  '64 KiB',
  '1 GHz',
  '2 words/cycle',
  '3.5 pJ',
  '1.2 mW',
  '0.4 mm^2',
  '45 nm',
  '25.6 GB/s',
  '16 bit',
  '2 * (3 + 4) KiB',
  '64 bit/cycle',
  '3 pJ/bit',
];
const VARIATIONS = [
  ...[
    'L2=32KiB..256KiB',
    'L1=16B,32B',
    'X=2..16',
    'GlobalBuffer.bandwidth=1..8 words/cycle',
    'batch=1,4,16',
    'L2=32KiB..256KiB x4',
  ],
  ...[
    'GlobalBuffer.Y=2..14 +4',
    'DRAM.bandwidth=1GB/s..8GB/s',
    'DRAM.shared=1..4',
    'GlobalBuffer.capacity = 8 KiB .. 9 KiB + 100 B',
  ],
];
const PATTERNS = ['conv1', 'conv*', '*', '?onv?', 'fc[12]', 'c*1', '', '*onv*1*', 'conv1,conv2'];
const KINDS = Object.keys(UNIT) as QuantityKind[];

/** What command lines and files hold in one line with a grammar of its own. */
export function wordFormats(): FuzzFormat[] {
  let alexnet: Network | undefined;
  const network = () => loadWorkload(scratchFile('tiny-network.yaml', TINY_NETWORK)).network;
  return [
    {
      name: '--objective',
      weight: 4,
      data: 'none',
      seeds: seedsOf(OBJECTIVES),
      run: async (bytes, random) => {
        const objective = bytes.toString();
        const hardware = presetHardware('eyeriss');
        const { value } = requestedObjective({ objective, subjectTo: [] }, hardware.accelerator);
        mustHold(!Number.isNaN(value(1e6, 1000)), 'the objective is no number');
        await exploreMapping(random, network(), hardware, objective, { objective });
      },
    },
    {
      name: '--subject-to',
      weight: 3,
      data: 'none',
      seeds: seedsOf(LIMITS),
      run: async (bytes, random) => {
        const subjectTo = [bytes.toString()];
        const accelerator = 'eyeriss';
        const workload = scratchFile('tiny-network.yaml', TINY_NETWORK);
        const inputs = mapInputs(readRequest(MAP.request, { workload, accelerator, subjectTo }));
        await exploreMapping(random, inputs.network, presetHardware(accelerator), subjectTo[0]!, { subjectTo });
      },
    },
    {
      name: 'quantity',
      weight: 3,
      data: 'none',
      seeds: seedsOf(QUANTITIES),
      run: (bytes, random) => {
        const text = bytes.toString();
        const rate = readRate(text);
        if (!('message' in rate)) return;
        const read = readQuantity(text, pick(random, KINDS));
        if (!read.ok) throw new TrifoldError('unit', read.message, { hint: read.hint });
        mustHold(Number.isFinite(read.value), `${text} is ${read.value}`);
      },
    },
    {
      name: '--vary',
      weight: 3,
      data: 'none',
      seeds: seedsOf(VARIATIONS),
      run: async (bytes, random) => {
        const { specification, technology } = presetHardware('eyeriss');
        const parameter = readVariation(bytes.toString(), specification);
        mustHold(parameter.values.length > 0 && parameter.values.every(Number.isFinite), 'values that are no numbers');
        const varied = parameter.apply(specification, pick(random, parameter.values));
        const accelerator = buildAccelerator(varied, technology);
        if (oneIn(random, 4))
          await exploreMapping(random, network(), { specification: varied, technology, accelerator }, bytes.toString());
      },
    },
    {
      name: '--layer',
      weight: 2,
      data: 'none',
      seeds: seedsOf(PATTERNS),
      run: (bytes) => {
        alexnet ??= loadWorkload('alexnet').network;
        mustHold(selectLayers(alexnet, bytes.toString()).length > 0, 'no layer');
      },
    },
  ];
}
