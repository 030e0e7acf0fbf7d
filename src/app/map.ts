import type { Accelerator } from '../accelerator/accelerator.ts';
import { buildAccelerator } from '../accelerator/build.ts';
import { MODEL_LIMITS } from '../cost/breakdown.ts';
import type { TemporalReuse } from '../cost/evaluation.ts';
import { formatMappings } from '../formats/mapping.ts';
import { mappingToRecord } from '../formats/records.ts';
import type { DataflowTemplate } from '../mapping/dataflow.ts';
import type { Objective } from '../search/mapping/objective.ts';
import type { RunEvent } from '../search/run-events.ts';
import { TrifoldError } from '../util/errors.ts';
import type { Network } from '../workload/network.ts';
import { networkJson, selectLayers } from './evaluate.ts';
import { type Explanations, explainMapped } from './explain.ts';
import { loadDataflow, loadSpecification, loadTechnology, loadWorkload } from './library.ts';
import { type MappedNetwork, mapNetwork } from './map-network.ts';
import { limitedObjective, limitFrom, type MapperName, type MapperSettings, objectiveFrom } from './mapper-settings.ts';
import { mapNetworkWise, type NetworkWise, solvesNetworkWise } from './network-wise.ts';
import { writeNewFile } from './output-files.ts';

/** What `trifold map` is asked. */
export interface MapRequest {
  readonly workload: string;
  readonly accelerator: string;
  readonly objective: string;
  readonly subjectTo: readonly string[];
  readonly mapper: MapperName;
  /** Preset or file of a dataflow; at most one of the two. */
  readonly dataflow?: string;
  readonly constraints?: string;
  readonly layer?: string;
  readonly batch: number;
  readonly factors: 'perfect' | 'imperfect';
  readonly technology?: string;
  readonly temporalReuse: TemporalReuse;
  readonly evaluations: number;
  readonly seed: number;
  /** Seconds per layer. */
  readonly time?: number;
  /** New file for the mappings. */
  readonly save?: string;
  /** Whether to say why the mappings are the best. */
  readonly explain?: boolean;
}

/** Result of {@link runMap}. */
export interface MapResult {
  readonly request: MapRequest;
  readonly mapped: MappedNetwork;
  /** Loading and mapping layer by layer. */
  readonly seconds: number;
  readonly notes: readonly string[];
  /** The best mappings of the network as a whole; null for one layer, and where the objective or mapper does not allow it. */
  readonly networkWise: NetworkWise | null;
  /** Null unless asked for. */
  readonly explanations: Explanations | null;
}

/** Maps a network. @throws TrifoldError for bad input, `infeasible` when a layer has no mapping */
export function runMap(request: MapRequest, emit: (event: RunEvent) => void): MapResult {
  const started = performance.now();
  const template = partialMapping(request);
  const { network } = loadWorkload(request.workload, request.batch);
  const specification = loadSpecification(request.accelerator);
  const technology = loadTechnology(request.technology ?? specification.technology);
  const accelerator = buildAccelerator(specification, technology);
  const selected: Network = { ...network, layers: selectLayers(network, request.layer) };
  const isWhole = selected.layers.length > 1;
  const limits = request.subjectTo.map((text) => limitFrom(text, accelerator));
  // Limits of a whole network are on its sums: its layers are mapped without them.
  const objectiveOf = (target: Accelerator) =>
    requestedObjective(isWhole ? { ...request, subjectTo: [] } : request, target);
  const objective = objectiveOf(accelerator);
  const notes: string[] = [];
  if (request.mapper === 'exact' && !objective.monotone)
    notes.push(
      `the objective '${objective.name}' is not proven to grow with energy and latency: mapped by sampling (cmaes, ${request.evaluations} evaluations per layer), without a certificate`,
    );
  if (request.mapper === 'exact' && request.factors === 'imperfect')
    notes.push(
      'imperfect factors: proofs are over loop bounds without slack (each the least that covers its dim); a mapping with slack can be better in rare cases with overlapping or padded input tiles',
    );
  const { settings, restart } = mapperSettings(request, template);
  const mapped = mapNetwork(selected, accelerator, objective, settings, (event) => {
    restart();
    emit(event);
  });
  const seconds = (performance.now() - started) / 1000;
  const networkWise =
    isWhole && solvesNetworkWise(objective, settings)
      ? mapNetworkWise(selected, accelerator, objective, limits, settings)
      : null;
  if (isWhole && limits.length > 0 && networkWise === null)
    throw new TrifoldError(
      'unsupported',
      'limits on a whole network need the exact mapper and objective edp, ed2p, energy or latency',
      {
        hint: 'for one layer (--layer) any objective can be limited',
      },
    );
  if (limits.some((limit) => !limit.monotone) && isWhole)
    throw new TrifoldError('unsupported', 'a limit on a whole network must be an upper limit on energy or latency');
  const saved = networkWise?.report ?? mapped.report;
  if (request.save !== undefined)
    writeNewFile(
      request.save,
      formatMappings(
        {
          name: `${network.name}-on-${accelerator.name}`,
          source: `trifold map ${network.name} --accelerator ${accelerator.name} (${objective.name})`,
          accelerator,
          workload: network.name,
          batch: request.batch,
        },
        saved.layers.map(({ layer, mapping }) => ({ layer: layer.name, mapping })),
      ),
    );
  const explanations =
    request.explain === true
      ? explainMapped({
          specification,
          technology,
          network: selected,
          mapped,
          objectiveOf,
          settings,
          onChange: (index, count, name) =>
            emit({ kind: 'note', level: 'info', text: `explaining ${index + 1}/${count}: ${name}` }),
        })
      : null;
  return { request, mapped, seconds, notes, networkWise, explanations };
}

/** The objective of a request with its limits; expressions may name the area of the accelerator. @throws TrifoldError for bad text */
export function requestedObjective({ objective, subjectTo }: MapRequest, accelerator: Accelerator): Objective {
  return limitedObjective(
    objectiveFrom(objective, accelerator),
    subjectTo.map((text) => limitFrom(text, accelerator)),
  );
}

/** The dataflow or the constraints of a request; undefined without. @throws TrifoldError `usage` when both are given */
export function partialMapping({ dataflow, constraints }: MapRequest): DataflowTemplate | undefined {
  if (dataflow !== undefined && constraints !== undefined)
    throw new TrifoldError('usage', '--dataflow and --constraints are both partial mappings: give one of them');
  const name = dataflow ?? constraints;
  return name === undefined ? undefined : loadDataflow(name);
}

/** Settings of the mapper that a request asks for, and a way to start the time of the next layer. */
export function mapperSettings(
  request: MapRequest,
  dataflow: MapperSettings['dataflow'],
): { readonly settings: MapperSettings; readonly restart: () => void } {
  const { mapper, factors, temporalReuse, evaluations, seed, time } = request;
  let layerStart = performance.now();
  const settings: MapperSettings = {
    mapper,
    factors,
    temporalReuse,
    evaluations,
    seed,
    ...(dataflow === undefined ? {} : { dataflow }),
    ...(time === undefined ? {} : { shouldStop: () => performance.now() - layerStart > time * 1000 }),
  };
  return {
    settings,
    restart: () => {
      layerStart = performance.now();
    },
  };
}

/** Plain JSON of a mapping run: figures, proofs and mappings. Without times: equal runs give equal documents. */
export function mapJson({ request, mapped, notes, networkWise, explanations }: MapResult): object {
  const { report, proofs } = mapped;
  return {
    command: 'map',
    objective: request.objective,
    subjectTo: request.subjectTo,
    mapper: request.mapper,
    factors: request.factors,
    dataflow: request.dataflow ?? request.constraints ?? null,
    temporalReuse: request.temporalReuse,
    batch: request.batch,
    seed: request.seed,
    notes,
    ...networkJson(report),
    mappings: report.layers.map(({ layer, mapping }, i) => ({
      layer: layer.name,
      proof: proofs[i],
      mapping: mappingToRecord(report.accelerator, mapping),
    })),
    networkWise:
      networkWise === null
        ? null
        : {
            value: networkWise.value,
            lowerBound: networkWise.lowerBound,
            optimal: networkWise.optimal,
            limits: networkWise.limits,
            ...networkJson(networkWise.report),
            mappings: networkWise.report.layers.map(({ layer, mapping }) => ({
              layer: layer.name,
              mapping: mappingToRecord(report.accelerator, mapping),
            })),
          },
    ...(explanations === null ? {} : { explanations }),
    notModelled: MODEL_LIMITS,
  };
}
