import { type Accelerator, leakagePjPerCycle } from '../../accelerator/accelerator.ts';
import { besideAccesses, tensorPj } from '../../cost/analysis/breakdown.ts';
import { nestNotes } from '../../cost/analysis/nest-notes.ts';
import type { LinkCost } from '../../cost/link-cost.ts';
import type { VectorOperatorCost } from '../../cost/vector-step.ts';
import { describeMapping } from '../../mapping/text.ts';
import type { NetworkFigures } from '../../search/ports.ts';
import type { LayerSummary } from '../../search/run-events.ts';
import { isCostly } from '../../util/network-totals.ts';
import { groupedText } from '../../util/quantity-text.ts';
import { perTensor } from '../../util/vocabulary.ts';
import type { Network } from '../../workload/network.ts';
import type { LayerReport, NetworkReport } from './evaluate.ts';
import { LINK_BITS, linkText } from './link-text.ts';
import { vectorSum } from './vector-report.ts';

/** A mapped layer as events, views and reports show it: energies in pJ, of one run of the layer. */
export function layerSummary(
  { network, accelerator }: { readonly network: Pick<Network, 'name'>; readonly accelerator: Accelerator },
  { layer, evaluation, bottleneck, mapping }: LayerReport,
  optimal: boolean,
): LayerSummary {
  return {
    network: network.name,
    name: layer.name,
    repeat: layer.repeat,
    macs: evaluation.macs,
    cycles: evaluation.cycles,
    energyPj: evaluation.energyPj,
    utilization: evaluation.utilization,
    energyByLevelPj: [
      { name: 'MAC', energyPj: evaluation.macEnergyPj },
      ...evaluation.levels.map(({ name, energyPj }) => ({ name, energyPj })),
    ],
    energyByTensorPj: perTensor((tensor) => evaluation.levels.reduce((sum, level) => sum + tensorPj(level, tensor), 0)),
    bottleneck: bottleneck.name,
    bottleneckGain: bottleneck.gainIfRemoved,
    cyclesByTerm: bottleneck.terms.map(({ name, cycles }) => ({ name, cycles })),
    ...besideAccesses(evaluation),
    macsPerDramByte: bottleneck.levels[0]?.macsPerByte ?? 0,
    optimal,
    loopNest: describeMapping(accelerator, mapping, nestNotes(layer, accelerator, mapping, evaluation)),
  };
}

/**
 * All layers of a network, and what its vector operators and the host link cost as a row each, where they cost something.
 * @param isOptimal by the place of a layer
 */
export function networkSummaries(report: NetworkReport, isOptimal: (index: number) => boolean): LayerSummary[] {
  const layers = report.layers.map((layer, i) => layerSummary(report, layer, isOptimal(i)));
  const { link, vector } = report;
  return [
    ...layers,
    ...(isCostly(vector.totals) ? [vectorSummary(report)] : []),
    ...(link !== null && isCostly(link) ? [linkSummary(report, link)] : []),
  ];
}

/** What moves over the link as one row. */
function linkSummary({ network, accelerator }: NetworkReport, link: LinkCost): LayerSummary {
  const { weights, inputs, outputs } = link.bits;
  const pjPerBit = accelerator.link!.pjPerBit;
  return {
    network: network.name,
    name: 'host link',
    repeat: 1,
    macs: 0,
    cycles: link.cycles,
    energyPj: link.energyPj,
    utilization: 0,
    energyByLevelPj: [
      { name: 'MAC', energyPj: 0 },
      ...accelerator.levels.map(({ name }, i) => ({ name, energyPj: link.levelsPj[i]! })),
      { name: LINK_BITS, energyPj: link.linkPj },
    ],
    energyByTensorPj: { Weights: weights * pjPerBit, Inputs: inputs * pjPerBit, Outputs: outputs * pjPerBit },
    wiresPj: 0,
    leakagePj: link.levelsPj.reduce((sum, pj) => sum + pj, 0),
    bottleneck: 'host link',
    bottleneckGain: 1,
    macsPerDramByte: 0,
    optimal: true,
    loopNest: linkText(link),
    isVector: true,
  };
}

function vectorSummary({ network, accelerator, vector }: NetworkReport): LayerSummary {
  const sum = (figureOf: (cost: VectorOperatorCost) => number) => vectorSum(vector, figureOf);
  const lines = vector.operators
    .filter(({ cost }) => cost !== null && isCostly(cost))
    .map(({ demand: { name, label, repeat, reads, wordsOut, wordBits }, cost }) => {
      const read =
        reads.map((one) => `${groupedText(one.words)} words of ${one.wordBits} bits`).join(' and ') || '0 words';
      const times = repeat === 1 ? '' : `${repeat} x `;
      return `${times}${name} (${label}): ${read} in, ${groupedText(wordsOut)}${wordsOut === 0 ? '' : ` of ${wordBits} bits`} out, ${groupedText(cost!.cycles)} cycles`;
    });
  return {
    network: network.name,
    name: 'vector operators',
    repeat: 1,
    macs: 0,
    cycles: vector.totals.cycles,
    energyPj: vector.totals.energyPj,
    utilization: 0,
    energyByLevelPj: [
      { name: 'MAC', energyPj: 0 },
      ...accelerator.levels.map(({ name }, i) => ({ name, energyPj: sum(({ levelsPj }) => levelsPj[i]!) })),
      { name: 'vector unit', energyPj: sum((cost) => cost.operationsPj) },
    ],
    energyByTensorPj: {
      Weights: 0,
      Inputs: sum((cost) => cost.readPj),
      Outputs: sum((cost) => cost.writtenPj),
    },
    wiresPj: 0,
    leakagePj: leakagePjPerCycle(accelerator) * vector.totals.cycles,
    bottleneck: 'vector unit',
    bottleneckGain: 1,
    macsPerDramByte: 0,
    optimal: true,
    loopNest: lines.join('\n'),
    isVector: true,
  };
}

/** Energy, latency and EDP of a network. */
export function networkFigures(report: NetworkReport): NetworkFigures {
  const { energyPj, cycles, edpPjCycles } = report.totals;
  return { network: report.network.name, energyPj, cycles, edpPjCycles };
}
