import { describeMapping } from '../../mapping/text.ts';
import type { NetworkFigures } from '../../search/ports.ts';
import type { LayerSummary } from '../../search/run-events.ts';
import { perTensor } from '../../util/vocabulary.ts';
import type { LayerReport, NetworkReport } from './evaluate.ts';

/** A mapped layer as events, views and reports show it: energies in pJ, of one run of the layer. */
export function layerSummary(report: NetworkReport, one: LayerReport, optimal: boolean): LayerSummary {
  const { layer, evaluation, bottleneck, mapping } = one;
  return {
    network: report.network.name,
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
    energyByTensorPj: perTensor((tensor) =>
      evaluation.levels.reduce(
        (sum, level) => sum + level.tensors[tensor].energyPj + level.networks[tensor].energyPj,
        0,
      ),
    ),
    bottleneck: bottleneck.name,
    bottleneckGain: bottleneck.gainIfRemoved,
    macsPerDramByte: bottleneck.levels[0]?.macsPerByte ?? 0,
    optimal,
    loopNest: describeMapping(report.accelerator, mapping),
  };
}

/** Energy, latency and EDP of a network. */
export function networkFigures(report: NetworkReport): NetworkFigures {
  const { energyPj, cycles, edpPjCycles } = report.totals;
  return { network: report.network.name, energyPj, cycles, edpPjCycles };
}
