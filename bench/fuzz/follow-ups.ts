import { isDeepStrictEqual } from 'node:util';
import type { Accelerator } from '../../src/accelerator/accelerator.ts';
import { buildAccelerator } from '../../src/accelerator/build.ts';
import type { AcceleratorSpecification } from '../../src/accelerator/specification.ts';
import type { Technology } from '../../src/accelerator/technology.ts';
import { layerReport, networkReport } from '../../src/app/explain/evaluate.ts';
import type { LayerPool } from '../../src/app/layers/layer-pool.ts';
import { mapWork } from '../../src/app/layers/layer-work.ts';
import { mapJson } from '../../src/app/map/json.ts';
import { runMap } from '../../src/app/map/map.ts';
import { mappingText } from '../../src/app/map/mapping-text.ts';
import { loadSpecification, loadTechnology } from '../../src/app/presets/load.ts';
import { describeMapResult } from '../../src/cli/text/map-text.ts';
import { evaluateMapping } from '../../src/cost/evaluate.ts';
import { TEMPORAL_REUSES } from '../../src/cost/temporal-reuse.ts';
import { parseAccelerator } from '../../src/formats/accelerator-file.ts';
import { formatAccelerator } from '../../src/formats/accelerator-text.ts';
import { parseDocument } from '../../src/formats/document/document.ts';
import { readMappings } from '../../src/formats/mapping-file.ts';
import { readWorkload } from '../../src/formats/workload/workload.ts';
import { formatWorkload } from '../../src/formats/workload/workload-writer.ts';
import type { DataflowTemplate } from '../../src/mapping/dataflow-template.ts';
import { readRequest } from '../../src/options/command.ts';
import { MAP, type MapRequest } from '../../src/options/map.ts';
import type { Random } from '../../src/util/random.ts';
import { distinctShapes } from '../../src/workload/distinct-layers.ts';
import { type Network, networkMacs, networkParameters } from '../../src/workload/network.ts';
import { oneIn, pick } from './choices.ts';
import { checkReport, mustEqual, mustHold, mustRead, mustSurviveJson } from './invariants.ts';

/** Partial mappings that the mapper bounds per layer. */
const NODES = 600;
/** Layers of a network that are mapped. */
const MAPPED_LAYERS = 2;

/** A pool on this thread whose work is bounded in nodes, not in time: the same input takes the same course everywhere. */
export const BOUNDED_POOL: LayerPool = {
  workers: 1,
  map: (work, onResult = () => {}) => {
    const results = work.map((one, index) => {
      const result = mapWork({ ...one, settings: { ...one.settings, nodeLimit: NODES, imperfectNodes: NODES } });
      onResult(result, index);
      return result;
    });
    return Promise.resolve(results);
  },
  close: () => Promise.resolve(),
};

const technologies = new Map<string, Technology>();

/** A technology by name; presets are read once. */
export function technologyNamed(name: string): Technology {
  const known = technologies.get(name);
  if (known !== undefined) return known;
  const technology = loadTechnology(name);
  if (/^[\w-]+$/.test(name)) technologies.set(name, technology);
  return technology;
}

/** An accelerator as it is specified, with what its constants follow from. */
export interface Hardware {
  readonly specification: AcceleratorSpecification;
  readonly technology: Technology;
  readonly accelerator: Accelerator;
}

/** Builds what a specification says. */
export function hardwareOf(specification: AcceleratorSpecification): Hardware {
  const technology = technologyNamed(specification.technology);
  return { specification, technology, accelerator: buildAccelerator(specification, technology) };
}

const presets = new Map<string, Hardware>();

/** An accelerator preset, read once. */
export function presetHardware(name: string): Hardware {
  const hardware = presets.get(name) ?? hardwareOf(loadSpecification(name));
  presets.set(name, hardware);
  return hardware;
}

/** Counts a network, writes it and reads it back, and maps some of its layers. */
export async function exploreNetwork(random: Random, network: Network, input: string): Promise<void> {
  const macs = networkMacs(network);
  mustHold(Number.isFinite(macs) && macs >= 1, `${macs} MACs`);
  const parameters = networkParameters(network);
  mustHold(Number.isFinite(parameters) && parameters >= 0, `${parameters} parameters`);
  const again = readWorkload(parseDocument(formatWorkload(network), 'written.yaml')).network;
  mustHold(isDeepStrictEqual(again.layers, network.layers), 'a network that is written reads back another one');
  mustHold(distinctShapes(network).shapeOf.length === network.layers.length, 'a layer without a shape');
  const start = random.nextInt(network.layers.length);
  const layers = network.layers.slice(start, start + MAPPED_LAYERS);
  await exploreMapping(
    random,
    { ...network, layers },
    presetHardware(pick(random, ['eyeriss', 'nvdla-256', 'edge-tpu'])),
    input,
  );
}

/** Writes an accelerator and reads it back. */
export function checkWrittenAccelerator({ specification, technology, accelerator }: Hardware): void {
  const again = parseAccelerator(formatAccelerator(specification), 'written.yaml', (name) => name);
  mustHold(
    isDeepStrictEqual(buildAccelerator(again, technology), accelerator),
    'an accelerator that is written reads back another one',
  );
}

/** Maps a network and checks the result, its documents and texts. @param stated of the request, beside the defaults */
export async function exploreMapping(
  random: Random,
  network: Network,
  { specification, technology, accelerator }: Hardware,
  input: string,
  stated: Partial<MapRequest> = {},
  dataflow: DataflowTemplate | null = null,
): Promise<void> {
  const request = readRequest(MAP.request, {
    workload: network.name,
    accelerator: specification.name,
    factors: oneIn(random, 4) ? 'imperfect' : 'perfect',
    temporalReuse: oneIn(random, 8) ? pick(random, TEMPORAL_REUSES) : 'exact',
    evaluations: 30,
    mapper: oneIn(random, 10) ? pick(random, ['cmaes', 'random']) : 'exact',
    betweenLayers: 'off',
    ...stated,
  });
  const result = await runMap(
    { kind: 'map', request, network, specification, technology, dataflow },
    {
      pool: BOUNDED_POOL,
      emit: mustSurviveJson,
      step: () => {},
      state: { kind: 'map', shapes: [] },
      checkpoint: mustSurviveJson,
    },
  );
  checkReport(result.report, input);
  const { proofs, report } = result.mapped;
  for (const { value, lowerBound, optimal } of proofs) {
    if (lowerBound !== null)
      mustHold(lowerBound <= value + 1e-9 * Math.abs(value), `the bound ${lowerBound} lies above ${value}`);
    mustHold(!optimal || lowerBound === value, `optimal at ${value}, but bounded by ${lowerBound}`);
  }
  if (result.networkWise !== null) {
    const { value, lowerBound } = result.networkWise;
    mustHold(lowerBound <= value * (1 + 1e-9), `the bound ${lowerBound} of the network lies above ${value}`);
  }
  mustSurviveJson(mapJson(result));
  mustRead(describeMapResult(result, null), input);
  const text = mappingText(report, 'fuzz', 1);
  const written = readMappings(parseDocument(text, 'written.yaml'));
  const reports = report.layers.map(({ layer }) => {
    const mapping = written.mappingOf(layer.name, accelerator)!;
    const evaluation = evaluateMapping(layer, accelerator, mapping, { temporalReuse: request.temporalReuse });
    if (!evaluation.feasible) throw new Error('a mapping that is written reads back an illegal one');
    return layerReport(layer, accelerator, mapping, evaluation);
  });
  mustEqual(
    networkReport(report.network, accelerator, reports).totals.energyPj,
    report.totals.energyPj,
    'energy as written',
  );
}
