import { areaMm2, onChipBits } from '../../accelerator/accelerator.ts';
import { mappingToRecord } from '../../formats/record-conversion.ts';
import { toCsv } from '../../report/csv.ts';
import { describeDesign } from '../../search/accelerator/design-specification.ts';
import type { AccuracyPoint } from '../../search/found-network.ts';
import type { NetworkFigures } from '../../search/ports.ts';
import type { DesignSummary } from '../../search/run-events.ts';
import { baselineViolations } from '../design/baseline.ts';
import { designLimits } from '../design/limits.ts';
import { networkJson } from '../explain/evaluate.ts';
import { networkFigures } from '../explain/layer-summary.ts';
import { finalGap } from '../layers/final-mapping.ts';
import type { FinalNetwork } from '../layers/final-network.ts';
import { scheduleJson } from '../map/json.ts';
import type { SearchedDesign } from './cosearch.ts';
import type { CosearchInputs } from './inputs.ts';

/** A co-search with its final mappings. */
export interface FinishedCosearch extends SearchedDesign {
  readonly final: FinalNetwork;
  /** The reference network on the baseline, mapped as the found one is. */
  readonly finalReference: NetworkFigures;
  /** The same in full. */
  readonly mappedReference: FinalNetwork;
  /** The same within its published dataflow; null where that is compared as the search scored it. */
  readonly mappedPublished: FinalNetwork | null;
  readonly summary: DesignSummary;
  /** EDP against the reference network on the baseline; `published` is null when its dataflow is not known. */
  readonly gains: { readonly published: number | null; readonly optimal: number };
  /** Accuracy in points above the reference network; null when that is not known. */
  readonly gainedPoints: number | null;
  /** Of the front, in points of accuracy x factors e of EDP, against {@link corner}. */
  readonly hypervolume: number;
  readonly corner: { readonly top1Percent: number; readonly edpPjCycles: number };
}

/** Plain JSON of a finished co-search. No times and no cache statistics: a resumed run gives the same document. */
export function cosearchJson(inputs: CosearchInputs, finished: FinishedCosearch): object {
  const { request, budget, reference } = inputs;
  const { best, final, baselines, front, networkOnly } = finished;
  const { scored, stopped, unmappable, rejections } = finished.summary.counters;
  const { accelerator } = final.report;
  return {
    command: 'cosearch',
    request,
    endedBy: finished.reason,
    budget,
    network: best.network,
    accelerator: {
      summary: describeDesign(best.design),
      ...best.design,
      trial: best.trial,
      areaMm2: areaMm2(accelerator),
      onChipBits: onChipBits(accelerator),
      specification: best.specification,
    },
    reference: {
      network: reference.network.name,
      top1Percent: reference.top1Percent,
      source: reference.source,
    },
    baselines: baselines.map(({ which, accelerator: name, dataflow, networks, areaMm2: area }) => ({
      which,
      accelerator: name,
      dataflow,
      networks,
      areaMm2: area,
    })),
    baselineViolations: baselineViolations(inputs),
    baselineNetworkWise: finished.finalReference,
    ...(finished.mappedPublished === null
      ? {}
      : { publishedNetworkWise: networkFigures(finished.mappedPublished.report) }),
    improvement: finished.gains,
    accuracyGainPoints: finished.gainedPoints,
    networkOnly:
      networkOnly === null
        ? null
        : { score: networkOnly.score, network: networkOnly.network, networks: networkOnly.networks },
    searchScore: best.score,
    mapped: {
      ...networkJson(final.report),
      stoppedByTime: final.isStopped,
      gap: finalGap(final),
      layerWiseEdpPjCycles: final.layerWiseEdpPjCycles,
      networkWise: final.networkWise,
      ...(final.schedule === null ? {} : { schedule: scheduleJson(final.schedule.answer, final.schedule.islands) }),
      mappings: final.report.layers.map(({ layer, mapping }, i) => ({
        layer: layer.name,
        proof: final.proofs[i],
        mapping: mappingToRecord(accelerator, mapping),
      })),
    },
    front: front.map(pointJson),
    hypervolume: { value: finished.hypervolume, corner: finished.corner },
    search: { scored, stopped, unmappable, rejections, accuracyFailures: finished.accuracyFailures },
    notModelled: designLimits([final]),
  };
}

function pointJson({ trial, network, energyPj, cycles, edpPjCycles, areaMm2: area }: AccuracyPoint): object {
  const { top1Percent, reportedTop1Percent, errorPoints, inDomain, saturated } = network.accuracy;
  return {
    trial,
    key: network.key,
    genes: network.genes,
    top1Percent,
    reportedTop1Percent,
    errorPoints,
    inDomain,
    saturated,
    macs: network.macs,
    parameters: network.parameters,
    energyPj,
    cycles,
    edpPjCycles,
    areaMm2: area,
  };
}

/** The front as CSV, one network per line. */
export function frontCsv(front: readonly AccuracyPoint[]): string {
  const header =
    'trial,top1_percent,error_points,in_domain,saturated,macs,parameters,energy_pj,cycles,edp_pj_cycles,area_mm2,network';
  return toCsv(
    header.split(','),
    front.map(({ trial, network, energyPj, cycles, edpPjCycles, areaMm2: area }) => {
      const { reportedTop1Percent, errorPoints, inDomain, saturated } = network.accuracy;
      const figures = [trial, reportedTop1Percent, errorPoints, inDomain, saturated, network.macs, network.parameters];
      return [...figures, energyPj, cycles, edpPjCycles, area, JSON.stringify(network.genes)];
    }),
  );
}
