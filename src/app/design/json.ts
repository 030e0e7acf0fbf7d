import { areaMm2, onChipBits } from '../../accelerator/accelerator.ts';
import { mappingToRecord } from '../../formats/record-conversion.ts';
import { describeDesign } from '../../search/accelerator/design-specification.ts';
import { BASELINE_TRIAL } from '../../search/trials.ts';
import { networkJson } from '../explain/evaluate.ts';
import { networkFigures } from '../explain/layer-summary.ts';
import { finalGap } from '../layers/final-mapping.ts';
import type { FinalNetwork } from '../layers/final-network.ts';
import { scheduleJson } from '../map/json.ts';
import type { FinishedDesign } from './finish.ts';
import type { DesignInputs } from './inputs.ts';
import { designLimits } from './limits.ts';

/** Plain JSON of a finished design run. No times and no cache statistics: a resumed run gives the same document. */
export function designJson(
  inputs: DesignInputs,
  {
    reason,
    summary,
    best,
    mapped,
    baselines,
    baselineViolations,
    finalBaseline,
    finalPublished,
    perfectImprovement,
  }: FinishedDesign,
): object {
  const { request, budget } = inputs;
  const { scored, stopped, unmappable, rejections } = summary.counters;
  const accelerator = mapped[0]!.report.accelerator;
  return {
    command: 'design',
    request,
    endedBy: reason,
    budget,
    accelerator: {
      summary: describeDesign(best.design),
      ...best.design,
      trial: best.trial,
      isBaseline: best.trial === BASELINE_TRIAL,
      areaMm2: areaMm2(accelerator),
      onChipBits: onChipBits(accelerator),
      specification: best.specification,
    },
    baselines: baselines.map(({ which, accelerator: name, dataflow, networks, areaMm2: area }) => ({
      which,
      accelerator: name,
      dataflow,
      networks,
      areaMm2: area,
    })),
    baselineViolations,
    baselineNetworkWise: finalJson(finalBaseline),
    publishedNetworkWise: finalJson(finalPublished),
    improvement: summary.improvement,
    improvementWithPerfectFactors: perfectImprovement,
    searchScore: best.score,
    networks: mapped.map((final) => ({
      ...networkJson(final.report),
      ...qualityJson(final),
      layerWiseEdpPjCycles: final.layerWiseEdpPjCycles,
      perfectEdpPjCycles: final.perfectEdpPjCycles,
      replacedLayers: final.replacedLayers,
      networkWise: final.networkWise,
      schedule: final.schedule === null ? null : scheduleJson(final.schedule.answer, final.schedule.islands),
      mappings: final.report.layers.map(({ layer, mapping }, i) => ({
        layer: layer.name,
        proof: final.proofs[i],
        mapping: mappingToRecord(final.report.accelerator, mapping),
      })),
    })),
    front: summary.front,
    search: { scored, stopped, unmappable, rejections },
    notModelled: designLimits(mapped),
  };
}

function finalJson(finals: readonly FinalNetwork[] | null): object[] | null {
  if (finals === null) return null;
  return finals.map((final) => ({
    ...networkFigures(final.report),
    ...qualityJson(final),
    perfectEdpPjCycles: final.perfectEdpPjCycles,
  }));
}

/** What the EDP of final mappings is worth. */
function qualityJson(final: FinalNetwork): object {
  return { factors: final.factors, stoppedByTime: final.isStopped, gap: finalGap(final) };
}
