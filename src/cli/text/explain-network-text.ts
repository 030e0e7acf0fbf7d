import type { Explanations } from '../../app/explain/explain.ts';
import { pricedOperators } from '../../app/explain/vector-report.ts';
import type { MapResult } from '../../app/map/map.ts';
import { commandText } from '../../app/run/command-text.ts';
import { isCostly } from '../../util/network-totals.ts';
import { energyText, percentText } from '../../util/quantity-text.ts';
import { networkTitle } from '../../workload/network-part.ts';
import { counted, formatNumber } from './format.ts';
import { indentedTable, names, right } from './layout/table.ts';
import { networkWidthsText } from './widths-text.ts';

/** Explanation of the costs of a network as text: a line per layer, the share of time that each resource binds, and the lower bounds of the sums. */
export function describeNetworkExplanation(result: MapResult, { layers }: Explanations): string {
  const { report } = result;
  const bound = new Map<string, { cycles: number; layers: number }>();
  let energyBoundPj = 0;
  let cyclesBound = 0;
  const rows = layers.map((explanation, i) => {
    const { layer, evaluation } = report.layers[i]!;
    const { bottleneck, dataflow, floors, losses, capacities, traffic } = explanation;
    const share = bound.get(bottleneck.name) ?? { cycles: 0, layers: 0 };
    share.cycles += layer.repeat * evaluation.cycles;
    share.layers += layer.repeat;
    bound.set(bottleneck.name, share);
    energyBoundPj += layer.repeat * (floors?.energyPj ?? 0);
    cyclesBound += layer.repeat * (floors?.cycles ?? 0);
    const dram = traffic[0];
    return [
      `${layer.name}${layer.repeat === 1 ? '' : ` x${layer.repeat}`}`,
      dataflow.name,
      dataflow.parallel.map(({ dim, bound: size }) => `${dim}${size}`).join(' '),
      bottleneck.name,
      losses.idlePes.toFixed(2),
      losses.stalls.toFixed(2),
      dram === undefined || dram.compulsoryBits === 0 ? '' : (dram.bits / dram.compulsoryBits).toFixed(2),
      floors === null ? '' : (evaluation.energyPj / floors.energyPj).toFixed(2),
      floors === null ? '' : (evaluation.cycles / floors.cycles).toFixed(2),
      capacities
        .filter((use) => use.share >= 0.9)
        .map((use) => use.level)
        .join(', '),
    ];
  });
  const { totals, vector, link, beside } = report;
  // What no mapping changes is part of the floors.
  energyBoundPj += energyBoundPj === 0 ? 0 : beside.energyPj;
  cyclesBound += beside.cycles;
  const besides = [
    { name: 'the vector unit', cycles: vector.totals.cycles, of: counted(pricedOperators(vector), 'operator') },
    { name: 'the host link', cycles: link?.cycles ?? 0, of: 'before and after all layers' },
  ].filter(({ cycles }) => cycles > 0);
  const shares = [...bound]
    .map(([name, { cycles, layers: count }]) => ({ name, cycles, of: counted(count, 'layer') }))
    .concat(besides)
    .sort((a, b) => b.cycles - a.cycles)
    .map(({ name, cycles, of }) => `${name} ${percentText(cycles / totals.cycles, 0)} (${of})`);
  const outermost = report.accelerator.levels[0]!.name;
  const unchanged = [
    ...(isCostly(vector.totals) ? ['vector operators as they are'] : []),
    ...(link === null ? [] : ['the host link as it is']),
  ];
  const asTheyAre = unchanged.map((text) => `; ${text}`).join('');
  return [
    `Why these mappings of ${networkTitle(report.network)}`,
    indentedTable(
      [
        names('layer'),
        'dataflow',
        'parallel',
        names('bound by'),
        right('idle PEs'),
        right('stalls'),
        right(`${outermost} traffic`),
        right('energy'),
        right('latency'),
        'full',
      ],
      rows,
    ),
    `  idle PEs, stalls: factors on the cycles; ${outermost} traffic, energy, latency: multiples of their floors; full: levels with less than a tenth free`,
    '',
    ...networkWidthsText(
      report.layers.map(({ layer }) => layer),
      report.accelerator,
    ).map((line) => `  ${line}`),
    `  time is bound by ${shares.join(', ')}`,
    ...(layers.every(({ floors }) => floors === null)
      ? []
      : [
          `  latency    ${formatNumber(totals.cycles)} cycles = ${(totals.cycles / cyclesBound).toFixed(2)}x the floor of ${formatNumber(cyclesBound)} (per layer: ${outermost} moves every needed word once, PEs that can work do${asTheyAre})`,
          `  energy     ${energyText(totals.energyPj)} = ${(totals.energyPj / energyBoundPj).toFixed(2)}x the floor of ${energyText(energyBoundPj)} (MACs, every needed word once through ${outermost}, cheapest operand delivery${asTheyAre})`,
        ]),
    `  ${commandText(['trifold', 'map', result.inputs.request.workload, '--accelerator', result.inputs.request.accelerator])} --explain --layer NAME explains one layer in full`,
  ].join('\n');
}
