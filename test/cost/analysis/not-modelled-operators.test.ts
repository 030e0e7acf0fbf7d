import { describe, expect, it } from 'vitest';
import { vectorReport } from '../../../src/app/explain/vector-report.ts';
import { loadAccelerator, loadWorkload, presetNames } from '../../../src/app/presets/load.ts';
import { notModelled } from '../../../src/cost/analysis/not-modelled.ts';
import { networkVectorDemands } from '../../../src/cost/vector-cost.ts';
import { NETWORK_SPACES } from '../../../src/search/network/spaces/spaces.ts';
import { Random } from '../../../src/util/random.ts';
import { GraphBuilder } from '../../../src/workload/graph/graph-builder.ts';
import type { Network } from '../../../src/workload/network.ts';

const accelerator = loadAccelerator('eyeriss');
const vectorUnit = { level: 1, simplePerCycle: 1, specialPerCycle: 1, simplePj: 1, specialPj: 1 };

/** The lines about operators that are no layers. */
function linesOf(network: Network, on = accelerator): readonly string[] {
  return notModelled(on, [network]).filter(
    (line) => line.includes('no layers') || line.includes('overlap of the vector'),
  );
}

describe('operators that are not priced', () => {
  const networks = [
    ...presetNames('workloads').map((name) => loadWorkload(name).network),
    ...NETWORK_SPACES.map((space) =>
      space.build(space.sample(Random.fromSeed(3)), { batch: 1, wordBits: { Weights: 8, Inputs: 8, Outputs: 8 } }),
    ),
  ];

  it.each(networks.map((network) => [network.name, network] as const))(
    '%s: one line with the words of all',
    (_, network) => {
      const { operators, words } = vectorReport(networkVectorDemands(network), accelerator);
      const sum = operators.reduce((all, { demand }) => all + demand.repeat * (demand.wordsIn + demand.wordsOut), 0);
      expect(words).toBe(sum);
      const lines = linesOf(network);
      const isAny = operators.some(({ demand: { work } }) => sum + work.simple + work.special > 0);
      expect(lines).toHaveLength(isAny ? 1 : 0);
      if (isAny) expect(lines[0]).toContain(`; they move ${sum.toLocaleString('en-US')} words): not priced`);
      expect(linesOf(network, { ...accelerator, vectorUnit }).join()).not.toContain('not priced');
    },
  );

  it('take no hops, which is said where hops cost energy on their way', () => {
    const [network] = networks.filter(({ name }) => name === 'resnet18');
    const hops = (hopEnergyPj: number, level: number, of = network!, children = 2) => {
      const levels = accelerator.levels.map((one, index) => ({
        ...one,
        fanOut: {
          ...one.fanOut,
          dimensions: [{ name: 'X', size: children, parallelDims: 'any' as const }],
          hopEnergyPj: index === 0 ? hopEnergyPj : 1,
        },
      }));
      const lines = notModelled({ ...accelerator, levels, vectorUnit: { ...vectorUnit, level } }, [of]);
      return lines.filter((line) => line.startsWith('hops of words'));
    };
    expect(hops(2, 1)).toEqual([`hops of words to and from the vector unit below ${accelerator.levels[0]!.name}`]);
    expect(hops(0, 1)).toEqual([]);
    expect(hops(2, 0)).toEqual([]);
    expect(hops(2, 1, network, 1)).toEqual([]);
    // Killed by: a line where all operators are fused, so that no word moves.
    const dqn = loadWorkload('dqn').network;
    expect(networkVectorDemands(dqn).some(({ wordsIn, wordsOut }) => wordsIn + wordsOut > 0)).toBe(false);
    expect(hops(2, 1, dqn)).toEqual([]);
  });

  it('take no requests, codes and drains, which is said of the levels on their way that state any', () => {
    const resnet = networks.find(({ name }) => name === 'resnet18')!;
    const stating = (at: number, of = resnet) => {
      const plain = accelerator.levels.map(({ compression: _, ...level }) => level);
      const levels = plain.with(at, { ...plain[at]!, drain: 'charged' });
      return notModelled({ ...accelerator, levels, vectorUnit }, [of]).filter((line) =>
        line.startsWith('requests, comp'),
      );
    };
    const name = accelerator.levels[1]!.name;
    expect(stating(1)).toEqual([`requests, compression and drains of words of vector operators (${name})`]);
    expect(stating(2)).toEqual([]);
    expect(stating(1, loadWorkload('dqn').network)).toEqual([]);
  });

  it('have their own names where the model does not know them', () => {
    const builder = new GraphBuilder(1);
    const map = { channels: 2, size: [3, 3], form: 'map' } as const;
    const input = builder.input('x', map, 8);
    const fft = builder.vector('t', { kind: 'unknown', name: 'DFT' }, [input], map, 8);
    builder.vector('u', { kind: 'unknown', name: 'DFT' }, [fft], map, 8);
    const network = { name: 'signals', source: 'test', layers: [], graph: builder.build() };
    expect(linesOf(network)[0]).toContain('(2 DFT; they move 72 words)');
  });
});
