/**
 * Quality against time of perfect and imperfect factors in the accelerator search: inside it, at equal CPU time on one thread, and (`--final`) after it. What each search
 * finds is mapped in the same way in the end, with imperfect factors where these are better, and so is the baseline. Run with
 * `npm run bench:factors`.
 */

import { parseArgs } from 'node:util';
import { buildAccelerator } from '../src/accelerator/build.ts';
import { type DesignInputs, designInputs } from '../src/app/design/inputs.ts';
import { LAYER_BY_LAYER } from '../src/app/layers/between-layers.ts';
import { openCandidatePool } from '../src/app/layers/candidate-pool.ts';
import { designMapperSettings, finalMapping, finalMappings } from '../src/app/layers/final-mapping.ts';
import type { FinalNetwork } from '../src/app/layers/final-network.ts';
import { type LayerPool, openLayerPool } from '../src/app/layers/layer-pool.ts';
import { readRequest } from '../src/options/command.ts';
import { DESIGN, type DesignOptions } from '../src/options/design.ts';
import { searchDesigns } from './design-search.ts';

const HELP = `npm run bench:factors -- [options]
  --seconds N   CPU seconds of each search (default 6)
  --seeds N     seeds per case (default 3)
  --nodes N     partial mappings that a search with imperfect factors bounds per layer over these (default 20000)
  --cases LIST  workload@budget,... (default squeezenet@eyeriss,mobilenetv2@nvdla-256,resnet50@nvdla-1024)
  --final       instead: what the final step brings and costs on the baselines, by its limit of nodes per layer
  --limits LIST of it (default 50000,100000,200000,400000)
  --quick       2 s, 1 seed, the first case`;

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '6' },
    seeds: { type: 'string', default: '3' },
    nodes: { type: 'string', default: '20000' },
    cases: { type: 'string', default: 'squeezenet@eyeriss,mobilenetv2@nvdla-256,resnet50@nvdla-1024' },
    final: { type: 'boolean', default: false },
    limits: { type: 'string', default: '50000,100000,200000,400000' },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** Candidates per generation: few, since one with imperfect factors takes seconds. */
const POPULATION = 4;

/** How a search maps its candidates. */
interface Arm {
  readonly name: string;
  readonly factors: 'perfect' | 'imperfect';
  readonly arraySizes: 'useful' | 'published';
}

const ARMS: readonly Arm[] = [
  { name: 'perfect', factors: 'perfect', arraySizes: 'useful' },
  { name: 'perfect, any even size', factors: 'perfect', arraySizes: 'published' },
  { name: 'imperfect', factors: 'imperfect', arraySizes: 'published' },
];

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function requestOf(workload: string, budget: string, arm: Arm, seed: number): DesignOptions {
  return readRequest(DESIGN.request, {
    workloads: [workload],
    budget,
    generations: 100_000,
    populationSize: POPULATION,
    arraySizes: arm.arraySizes,
    // What a search finds by itself: with the baseline as a candidate no gain would be below 1.
    baselineCandidate: false,
    factors: arm.factors,
    finalFactors: 'imperfect',
    seed,
  });
}

/** Searches until the CPU time is used up, after at least one generation. */
async function search(inputs: DesignInputs, seconds: number, imperfectNodes: number) {
  const { networks, technology, request } = inputs;
  const settings = { ...designMapperSettings(inputs, request.factors), imperfectNodes };
  const evaluator = await openCandidatePool({ networks, technology, settings }, { workers: 1 });
  // The time of the baseline is not that of the search.
  let begun: number | null = null;
  const state = await searchDesigns(inputs, evaluator, ({ best }) => {
    begun ??= cpuSeconds();
    return best !== null && cpuSeconds() - begun >= seconds;
  });
  await evaluator.close();
  const found = state.search;
  if (!found?.best) throw new Error('no design could be mapped');
  return { best: found.best, candidates: found.trials, seconds: cpuSeconds() - (begun ?? 0) };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}

const edpOf = (finals: readonly FinalNetwork[]) => finals[0]!.report.totals.edpPjCycles;

/** The final step of every baseline with several limits. */
async function measureFinalStep(pool: LayerPool): Promise<void> {
  console.log('EDP with imperfect factors where better / EDP with perfect factors, both of the network as a whole\n');
  console.log('| network | accelerator | nodes per layer | EDP ratio | layers replaced | CPU s more |');
  console.log('|---|---|---|---|---|---|');
  for (const one of ['resnet50@eyeriss', 'mobilenetv2@nvdla-256', 'squeezenet@eyeriss']) {
    const [workload, budget] = one.split('@') as [string, string];
    const inputs = designInputs(requestOf(workload, budget, ARMS[0]!, 1));
    const accelerator = buildAccelerator(inputs.template, inputs.technology);
    const settings = designMapperSettings(inputs, 'perfect');
    const timed = async (finalSettings: typeof settings) => {
      const begun = cpuSeconds();
      const plan = { settings, finalSettings, between: LAYER_BY_LAYER };
      const final = await finalMapping(inputs.networks[0]!, accelerator, plan, pool);
      return { final, seconds: cpuSeconds() - begun };
    };
    await timed(settings);
    const perfect = await timed(settings);
    for (const limit of options.limits.split(',').map(Number)) {
      const { final, seconds } = await timed({ ...settings, factors: 'imperfect', imperfectNodes: limit });
      const ratio = final.report.totals.edpPjCycles / perfect.final.report.totals.edpPjCycles;
      console.log(
        `| ${workload} | ${accelerator.name} | ${limit} | ${ratio.toFixed(4)} | ${final.replacedLayers} of ${final.report.layers.length} | ${(seconds - perfect.seconds).toFixed(1)} |`,
      );
    }
  }
}

async function main(): Promise<void> {
  if (options.help) return console.log(HELP);
  if (options.final) {
    const layers = openLayerPool({ workers: 1 });
    await measureFinalStep(layers);
    return layers.close();
  }
  const seconds = options.quick ? 2 : Number(options.seconds);
  const seeds = options.quick ? 1 : Number(options.seeds);
  const cases = options.cases.split(',').slice(0, options.quick ? 1 : undefined);
  const pool = openLayerPool({ workers: 1 });
  console.log(
    `${seconds} s of CPU per search, ${POPULATION} candidates per generation, ${options.nodes} nodes per layer with imperfect factors`,
  );
  console.log(
    'EDP of the baseline / EDP of the design, both mapped in the end with imperfect factors where these are better\n',
  );
  console.log(
    '| case | seed | factors in the loop | candidates | CPU s | gain of the search | final gain, perfect | final gain |',
  );
  console.log('|---|---|---|---|---|---|---|---|');
  for (const one of cases) {
    const [workload, budget] = one.split('@') as [string, string];
    // One plan for all: that of a search with perfect factors.
    const plan = designInputs(requestOf(workload, budget, ARMS[0]!, 1));
    const baseline = await finalMappings(plan, plan.template, pool);
    const gains = new Map<string, number[]>();
    for (let seed = 1; seed <= seeds; seed++)
      for (const arm of ARMS) {
        // Nothing is compared with the published dataflow here.
        const inputs = { ...designInputs(requestOf(workload, budget, arm, seed)), dataflow: null };
        const { best, candidates, seconds: spent } = await search(inputs, seconds, Number(options.nodes));
        const mapped = await finalMappings(plan, best.specification, pool);
        const gain = edpOf(baseline) / edpOf(mapped);
        gains.set(arm.name, [...(gains.get(arm.name) ?? []), gain]);
        const perfect = baseline[0]!.perfectEdpPjCycles! / mapped[0]!.perfectEdpPjCycles!;
        console.log(
          `| ${one} | ${seed} | ${arm.name} | ${candidates} | ${spent.toFixed(1)} | ${(1 / best.score).toFixed(3)}x | ${perfect.toFixed(3)}x | ${gain.toFixed(3)}x |`,
        );
      }
    for (const [name, values] of gains)
      console.log(`| ${one} | median | ${name} | | | | | **${median(values).toFixed(3)}x** |`);
  }
  await pool.close();
  console.log(`\n${cpuSeconds().toFixed(0)} s of CPU in all`);
}

await main();
