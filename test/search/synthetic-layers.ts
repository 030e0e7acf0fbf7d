import type { NetworkFigures } from '../../src/search/ports.ts';
import type { LayerSummary } from '../../src/search/run-events.ts';
import type { Random } from '../../src/util/random.ts';

/** Made-up layers of a network on `units` PEs; `hostile` is put into every name. */
export function layersOf(
  network: string,
  count: number,
  units: number,
  random: Random,
  hostile: string,
): LayerSummary[] {
  return Array.from({ length: count }, (_, index): LayerSummary => {
    const macs = Math.round(10 ** (7 + 1.6 * random.nextUnit()));
    const utilization = index % 7 === 3 ? 0.25 : 0.5 + 0.5 * random.nextUnit();
    const cycles = Math.round(macs / (units * utilization));
    const parts = [0.22, 0.35 * random.nextUnit() + 0.08, 0.2 * random.nextUnit() + 0.06, 0.3].map(
      (part) => part * macs * 5,
    );
    const energyPj = parts.reduce((a, b) => a + b, 0);
    const bottleneck = index % 7 === 3 ? 'DRAM' : index % 5 === 2 ? 'GlobalBuffer' : 'compute';
    return {
      network,
      name: `${index === 0 ? 'conv1' : `stage${1 + Math.floor((4 * index) / count)}.conv${1 + (index % 3)}.${index}`}${hostile}`,
      repeat: 1 + (index % 3),
      macs,
      cycles,
      energyPj,
      utilization,
      energyByLevelPj: ['MAC', 'DRAM', 'GlobalBuffer', 'RegisterFile'].map((name, i) => ({
        name,
        energyPj: parts[i]!,
      })),
      energyByTensorPj: {
        Weights: 0.3 * (energyPj - parts[0]!),
        Inputs: 0.25 * (energyPj - parts[0]!),
        Outputs: 0.45 * (energyPj - parts[0]!),
      },
      bottleneck,
      bottleneckGain: 1 + random.nextUnit(),
      macsPerDramByte: bottleneck === 'DRAM' ? (macs / cycles / 2.4) * 1.01 : 10 ** (2.1 + 1.2 * random.nextUnit()),
      optimal: index % 6 !== 5,
      loopNest: [
        'DRAM [keeps Weights, Inputs, Outputs]',
        '  for k in 0..8',
        '    for p in 0..14',
        '      GlobalBuffer [keeps Inputs, Outputs]',
        '        for c in 0..16',
        `          parallel for c in 0..${4 + (index % 5)} on Y${hostile}`,
        '            parallel for k in 0..14 on X',
        '              RegisterFile [keeps Weights, Inputs, Outputs]',
        '                for r in 0..3',
        '                  for s in 0..3',
        '                    multiply-accumulate',
      ].join('\n'),
    };
  });
}

/** Figures of networks from those of their layers. */
export function totalsOf(names: readonly string[], layers: readonly LayerSummary[]): NetworkFigures[] {
  return names.map((network) => {
    const own = layers.filter((layer) => layer.network === network);
    const energyPj = own.reduce((sum, layer) => sum + layer.repeat * layer.energyPj, 0);
    const cycles = own.reduce((sum, layer) => sum + layer.repeat * layer.cycles, 0);
    return { network, energyPj, cycles, edpPjCycles: energyPj * cycles };
  });
}

/** Figures with other energies and times. */
export function scaled(figures: readonly NetworkFigures[], energy: number, time: number): NetworkFigures[] {
  return figures.map(({ network, energyPj, cycles }) => {
    const scaledCycles = Math.round(cycles * time);
    return {
      network,
      energyPj: energyPj * energy,
      cycles: scaledCycles,
      edpPjCycles: energyPj * energy * scaledCycles,
    };
  });
}
