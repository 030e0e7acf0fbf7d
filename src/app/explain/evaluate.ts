import { type Accelerator, areaMm2, isTimed, leakagePjPerCycle } from '../../accelerator/accelerator.ts';
import {
  type Bottleneck,
  besideAccesses,
  bottleneckOf,
  type EnergyBesideAccesses,
  type PhysicalFigures,
  physicalFigures,
} from '../../cost/analysis/breakdown.ts';
import { evaluateMapping } from '../../cost/evaluate.ts';
import type { Evaluation, LevelCost } from '../../cost/evaluation.ts';
import { hostLoad, type LinkCost, linkCost } from '../../cost/link-cost.ts';
import { networkVectorDemands } from '../../cost/vector-cost.ts';
import type { Violation } from '../../mapping/legality.ts';
import type { Mapping } from '../../mapping/mapping.ts';
import type { EvalRequest } from '../../options/models.ts';
import { TrifoldError } from '../../util/errors.ts';
import { type EnergyAndCycles, NO_COST, networkTotals, repeatedSum } from '../../util/network-totals.ts';
import { TENSORS } from '../../util/vocabulary.ts';
import type { Layer, Network } from '../../workload/network.ts';
import { networkPart } from '../../workload/network-part.ts';
import { macCount } from '../../workload/problem.ts';
import { selectLayers } from '../../workload/select-layers.ts';
import { type LoadedMapping, loadAccelerator, loadMapping, loadWorkload } from '../presets/load.ts';
import { commandText } from '../run/command-text.ts';
import { LINK_BITS } from './link-text.ts';
import { type VectorReport, vectorJson, vectorReport, vectorSum } from './vector-report.ts';

/** One layer with its mapping and everything that the model says of it. */
export interface LayerReport {
  readonly layer: Layer;
  readonly mapping: Mapping;
  readonly evaluation: Evaluation;
  readonly bottleneck: Bottleneck;
  /** Of one run of the layer. */
  readonly physical: PhysicalFigures;
}

/** Sums over the layers of a network, repeats counted. */
export interface NetworkTotals {
  readonly macs: number;
  readonly energyPj: number;
  readonly cycles: number;
  /** Sum of energies times sum of latencies. */
  readonly edpPjCycles: number;
  /** The same in joule seconds. */
  readonly edpJouleSeconds: number;
  readonly utilization: number;
  readonly physical: PhysicalFigures;
}

/** A network on an accelerator under given mappings. */
export interface NetworkReport {
  /** With the layers that have figures. */
  readonly network: Network;
  readonly accelerator: Accelerator;
  readonly areaMm2: number;
  readonly layers: readonly LayerReport[];
  /** Of the operators that are no layers; of a part of a network those that are fused into its layers. */
  readonly vector: VectorReport;
  /** What moves over the accelerator's link; null without one. */
  readonly link: LinkCost | null;
  /** What the vector operators and the link cost together. */
  readonly beside: EnergyAndCycles;
  readonly totals: NetworkTotals;
}

/** Builds the report of one layer from its evaluation. */
export function layerReport(
  layer: Layer,
  accelerator: Accelerator,
  mapping: Mapping,
  evaluation: Evaluation,
): LayerReport {
  return {
    layer,
    mapping,
    evaluation,
    bottleneck: bottleneckOf(layer, accelerator, evaluation),
    physical: physicalFigures(evaluation.macs, evaluation.energyPj, evaluation.cycles, accelerator.clockHz),
  };
}

/** Adds up layers of a network. */
export function networkReport(whole: Network, accelerator: Accelerator, layers: readonly LayerReport[]): NetworkReport {
  const network = networkPart(
    whole,
    layers.map(({ layer }) => layer),
  );
  const vector = vectorReport(networkVectorDemands(network), accelerator);
  const link = linkCost(hostLoad(network), accelerator);
  const { energyPj, cycles } = vector.totals;
  const beside = { energyPj: energyPj + (link?.energyPj ?? 0), cycles: cycles + (link?.cycles ?? 0) };
  return {
    network,
    accelerator,
    areaMm2: areaMm2(accelerator),
    layers,
    vector,
    link,
    beside,
    totals: totalsOf(accelerator, layers, beside),
  };
}

/** Sums of energy, cycles and MACs over layers, repeats counted. @param beside of what is no layer */
export function totalsOf(
  accelerator: Accelerator,
  layers: readonly LayerReport[],
  beside: EnergyAndCycles = NO_COST,
): NetworkTotals {
  const repeated = layers.map(({ layer }) => layer);
  const evaluations = layers.map(({ evaluation }) => evaluation);
  const macs = repeatedSum(repeated, (_, i) => evaluations[i]!.macs);
  const { energyPj, cycles } = networkTotals(repeated, evaluations, beside);
  const physical = physicalFigures(macs, energyPj, cycles, accelerator.clockHz);
  return {
    macs,
    energyPj,
    cycles,
    edpPjCycles: energyPj * cycles,
    edpJouleSeconds: physical.energyJoule * physical.seconds,
    utilization: macs / accelerator.mac.instances / cycles,
    physical,
  };
}

/** Words that pass the outermost level: of layers, and of operators that are no layers. */
export function outermostWords({ layers, vector }: Pick<NetworkReport, 'layers' | 'vector'>): number {
  return layers.reduce((sum, { layer, evaluation }) => {
    const { tensors, moved } = evaluation.levels[0]!;
    const own = TENSORS.reduce((all, tensor) => all + tensors[tensor].reads + tensors[tensor].updates, 0);
    return sum + layer.repeat * (own + (moved === undefined ? 0 : moved.reads + moved.updates));
  }, vector.words);
}

/** A layer without figures, and why. */
export interface LeftOutLayer {
  readonly layer: Layer;
  readonly reason: string;
}

/** Result of {@link evaluateMappings}. */
export interface EvaluateResult {
  /** Of the layers that the accelerator can run. */
  readonly report: NetworkReport;
  /** Layers that are asked for. */
  readonly selected: readonly Layer[];
  /** Those that it cannot. */
  readonly leftOut: readonly LeftOutLayer[];
  readonly mappingSource: string;
  readonly batch: number;
  /** Layers of the network that the mapping file does not map. */
  readonly unmapped: readonly string[];
}

/**
 * Scores the mappings of a file.
 * @param loaded the file, read
 * @throws TrifoldError `infeasible` with the reasons when the accelerator can run none of the mappings, `not-found` for an unknown layer
 */
export function evaluateMappings(
  request: EvalRequest,
  loaded: LoadedMapping = loadMapping(request.mapping),
): EvaluateResult {
  if (loaded.kind === 'dataflow')
    throw new TrifoldError(
      'usage',
      `${request.mapping} is a dataflow (a partial mapping): it has no loop bounds to score`,
      {
        hint: `find the best mapping within it: ${commandText([
          ...['trifold', 'map', request.workload, '--accelerator', request.accelerator],
          ...['--dataflow', request.mapping],
        ])}`,
      },
    );
  if (loaded.kind === 'schedule')
    throw new TrifoldError('usage', `${request.mapping} is a schedule of a network, not mappings of its layers`);
  const { mappings } = loaded;
  const batch = request.batch ?? mappings.batch ?? 1;
  const { network } = loadWorkload(request.workload, batch, request);
  const accelerator = loadAccelerator(request.accelerator, request.technology);
  mappings.checkUse(accelerator, network);
  const selected = selectLayers(network, request.layer);
  const layers: LayerReport[] = [];
  const leftOut: LeftOutLayer[] = [];
  const failures: TrifoldError[] = [];
  const unmapped: string[] = [];
  for (const layer of selected) {
    const mapping = mappings.mappingOf(layer.name, accelerator);
    if (mapping === undefined) {
      unmapped.push(layer.name);
      continue;
    }
    const evaluation = evaluateMapping(layer, accelerator, mapping, { temporalReuse: request.temporalReuse });
    if (evaluation.feasible) layers.push(layerReport(layer, accelerator, mapping, evaluation));
    else {
      failures.push(infeasibleError(layer.name, evaluation.violations));
      leftOut.push({ layer, reason: evaluation.violations.map(({ message }) => message).join('; ') });
    }
  }
  if (layers.length === 0 && failures.length > 0)
    throw new TrifoldError('infeasible', failures[0]!.headline, {
      lines: failures.flatMap(({ headline, details: { lines = [] } }, i) => (i === 0 ? lines : [headline, ...lines])),
    });
  if (layers.length === 0)
    throw new TrifoldError('not-found', `${request.mapping} has no mapping for ${unmapped.join(', ')}`, {
      hint: `it maps ${mappings.layers.join(', ')}`,
    });
  const report = networkReport(network, accelerator, layers);
  return { report, selected, leftOut, mappingSource: mappings.source, batch, unmapped };
}

/** An error that lists why a mapping cannot run. */
export function infeasibleError(layer: string, violations: readonly Violation[]): TrifoldError {
  const shown = violations.slice(0, 6).map((violation) => `  ${violation.message}`);
  const more = violations.length > 6 ? [`  and ${violations.length - 6} more`] : [];
  return new TrifoldError('infeasible', `${layer}: the accelerator cannot run this mapping:`, {
    lines: [...shown, ...more],
  });
}

/** Energy of a network report by level in pJ, MACs first, operations of the vector unit and the link last; for tables. */
export function energyByLevel(report: NetworkReport): { readonly name: string; readonly energyPj: number }[] {
  const rows = [
    { name: 'MAC', energyPj: 0 },
    ...report.accelerator.levels.map((level) => ({ name: level.name, energyPj: 0 })),
  ];
  for (const { layer, evaluation } of report.layers) {
    rows[0]!.energyPj += layer.repeat * evaluation.macEnergyPj;
    evaluation.levels.forEach((level, i) => {
      rows[i + 1]!.energyPj += layer.repeat * level.energyPj;
    });
  }
  report.accelerator.levels.forEach((_, i) => {
    rows[i + 1]!.energyPj += vectorSum(report.vector, ({ levelsPj }) => levelsPj[i]!) + (report.link?.levelsPj[i] ?? 0);
  });
  if (report.vector.isPriced && report.vector.operators.length > 0)
    rows.push({ name: 'vector unit', energyPj: vectorSum(report.vector, ({ operationsPj }) => operationsPj) });
  if (report.link !== null) rows.push({ name: LINK_BITS, energyPj: report.link.linkPj });
  return rows;
}

/** Energy of a network report that is of no access and no operation: of all wires, and leakage; part of that by level. */
export function energyBesideAccesses({ layers, accelerator, totals }: NetworkReport): EnergyBesideAccesses {
  const repeated = layers.map(({ layer }) => layer);
  const parts = layers.map(({ evaluation }) => besideAccesses(evaluation));
  const besideCycles = totals.cycles - repeatedSum(repeated, (_, i) => layers[i]!.evaluation.cycles);
  return {
    wiresPj: repeatedSum(repeated, (_, i) => parts[i]!.wiresPj),
    leakagePj: repeatedSum(repeated, (_, i) => parts[i]!.leakagePj) + leakagePjPerCycle(accelerator) * besideCycles,
    ...(parts.some(({ movesPj }) => movesPj !== undefined)
      ? { movesPj: repeatedSum(repeated, (_, i) => parts[i]!.movesPj ?? 0) }
      : {}),
  };
}

/** Plain JSON of one layer's figures. */
export function layerJson({ layer, evaluation, bottleneck, physical }: LayerReport, accelerator: Accelerator): object {
  return {
    name: layer.name,
    kind: layer.kind,
    repeat: layer.repeat,
    macs: evaluation.macs,
    cycles: evaluation.cycles,
    computeCycles: evaluation.computeCycles,
    serialCycles: evaluation.serialCycles,
    utilization: evaluation.utilization,
    macUnitsUsed: evaluation.macUnitsUsed,
    energyPj: evaluation.energyPj,
    macEnergyPj: evaluation.macEnergyPj,
    edpPjCycles: evaluation.edpPjCycles,
    edpJouleSeconds: physical.energyJoule * physical.seconds,
    ...physical,
    bottleneck,
    levels: evaluation.levels.map((level, index) => ({
      name: level.name,
      instancesUsed: level.instancesUsed,
      cycles: level.cycles,
      portCycles: isTimed(accelerator.levels[index]!) ? level.transferCycles : null,
      launchCycles: level.launchCycles,
      arrayCycles: level.arrayCycles,
      usedBits: level.usedBits,
      energyPj: level.energyPj,
      leakagePj: level.leakagePj,
      ...homeJson(level),
      tensors: Object.fromEntries(
        TENSORS.map((tensor) => {
          const { kept, tileWords, reads, fills, updates, energyPj } = level.tensors[tensor];
          const { ingressWords, spatialReductions, hopWords, energyPj: networkEnergyPj } = level.networks[tensor];
          return [
            tensor,
            {
              kept,
              tileWords,
              reads,
              fills,
              updates,
              energyPj,
              requests: level.requests[tensor].total,
              network: { ingressWords, spatialReductions, hopWords, energyPj: networkEnergyPj },
            },
          ];
        }),
      ),
    })),
  };
}

/** Accesses of Outputs to their home in a level, and what moves beside the mapping, where there are any. */
function homeJson({ home, moved }: LevelCost): object {
  const { reads, updates, energyPj } = home ?? {};
  return {
    ...(home === undefined ? {} : { home: { reads, updates, energyPj } }),
    ...(moved === undefined ? {} : { moved }),
  };
}

/** Plain JSON of a network report. @param leftOut layers of the network without figures */
export function networkJson(report: NetworkReport, leftOut: readonly LeftOutLayer[] = []): object {
  const { physical, ...totals } = report.totals;
  return {
    workload: report.network.name,
    accelerator: report.accelerator.name,
    technology: report.accelerator.technology,
    areaMm2: report.areaMm2,
    clockHz: report.accelerator.clockHz,
    totals: { ...totals, ...physical },
    energyByLevelPj: Object.fromEntries(energyByLevel(report).map((row) => [row.name, row.energyPj])),
    ...energyBesideAccesses(report),
    layers: report.layers.map((layer) => layerJson(layer, report.accelerator)),
    ...vectorJson(report.vector, report.accelerator),
    ...(report.link === null ? {} : { hostLink: report.link }),
    layersLeftOut: leftOut.map(({ layer, reason }) => ({
      name: layer.name,
      kind: layer.kind,
      repeat: layer.repeat,
      macs: macCount(layer.problem),
      reason,
    })),
  };
}
