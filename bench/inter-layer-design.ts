import { buildAccelerator } from '../src/accelerator/build.ts';
import { openEvaluator } from '../src/app/design/evaluators.ts';
import type { DesignInputs } from '../src/app/design/inputs.ts';
import { designInputs } from '../src/app/design/inputs.ts';
import { namedGoal } from '../src/app/layers/goal.ts';
import { openLayerPool } from '../src/app/layers/layer-pool.ts';
import { networkAnswerSteps } from '../src/app/layers/network-answer.ts';
import { runSteps } from '../src/app/layers/steps.ts';
import { unlimited } from '../src/app/run/limits.ts';
import { readRequest } from '../src/options/command.ts';
import { DESIGN, type DesignOptions } from '../src/options/design.ts';
import { designSpecification } from '../src/search/accelerator/design-specification.ts';
import { exactSettings } from '../src/search/mapping/map-layer.ts';
import type { GenerationEvent, ScoredDesign } from '../src/search/ports.ts';
import { searchDesigns } from './design-search.ts';

/**
 * What it costs to score designs by their schedules, and what a search then does with the memory that it may use: the same search with nothing on chip between layers
 * (`off`) and with whole activations and parameters (`retain`), within a budget.
 *
 * Usage: npm run bench:inter-layer-design -- [budget=edge-tpu] [generations=8] [network ...]
 */
const [budget = 'edge-tpu', generations = '8', ...given] = process.argv.slice(2);
const networks = given.length === 0 ? ['resnet18', 'mobilenetv2'] : given;

/** Candidates per generation. */
const POPULATION = 8;

/** Processor time of this process in seconds: other work of the machine counts little. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

interface Course {
  readonly seconds: number;
  readonly scored: number;
  readonly candidates: number;
  readonly mapped: number;
  readonly last: GenerationEvent;
  /** Best of each generation, once each. */
  readonly leaders: readonly ScoredDesign[];
}

/** A search without baselines and final mappings in its time. */
async function search(inputs: DesignInputs): Promise<Course> {
  const evaluator = await openEvaluator(inputs, unlimited(1));
  let begun = cpuSeconds();
  let last: GenerationEvent | null = null;
  const leaders = new Map<number, ScoredDesign>();
  await searchDesigns(
    inputs,
    evaluator,
    ({ isDone }) => isDone,
    undefined,
    (event) => {
      if (event.kind === 'baseline') begun = cpuSeconds();
      if (event.kind === 'generation') last = event;
      if (event.kind === 'generation' && event.best !== null) leaders.set(event.best.score, event.best);
      if (event.kind === 'generation' && event.generation === inputs.request.generations - 1) throw new SearchEnd();
    },
  ).catch((error: unknown) => {
    if (!(error instanceof SearchEnd)) throw error;
  });
  const seconds = cpuSeconds() - begun;
  await evaluator.close();
  if (last === null) throw new Error('the search has no generation');
  const { counters } = last as GenerationEvent;
  const { scored, stopped, unmappable, layersMapped } = counters;
  return {
    seconds,
    scored,
    candidates: scored + stopped + unmappable,
    mapped: layersMapped,
    last,
    leaders: [...leaders.values()],
  };
}

/** How far the EDPs of scores are above the least ones with whole activations and parameters on chip, at most: 1 = not at all. */
async function worstShare({ networks, template, technology, request }: DesignInputs, leaders: readonly ScoredDesign[]) {
  const pool = openLayerPool({ workers: 1 });
  let worst = 1;
  for (const { design, networks: scored } of leaders) {
    const accelerator = buildAccelerator(designSpecification(design, template, 'candidate'), technology);
    for (const [n, network] of networks.entries()) {
      const question = {
        network,
        accelerator,
        goal: namedGoal('edp'),
        settings: exactSettings({ factors: 'perfect' }),
      };
      const between = { mode: 'retain', pins: request.pinWeights } as const;
      const answer = await runSteps(networkAnswerSteps({ ...question, between }), pool);
      if (answer.kind === 'failed') throw answer.error;
      worst = Math.max(worst, scored[n]!.edpPjCycles / answer.report.totals.edpPjCycles);
    }
  }
  await pool.close();
  return worst;
}

/** Ends a run before its final mappings. */
class SearchEnd extends Error {}

for (const workload of networks) {
  const costs: number[] = [];
  for (const betweenLayers of ['off', 'retain'] as const) {
    const options: DesignOptions = readRequest(DESIGN.request, {
      ...{ workloads: [workload], budget, betweenLayers, finalFactors: 'perfect' },
      ...{ generations: Number(generations), populationSize: POPULATION },
    });
    const inputs = designInputs(options);
    const { seconds, scored, candidates, mapped, last, leaders } = await search(inputs);
    costs.push(seconds / candidates);
    const { best } = last;
    const found =
      best === null
        ? 'no design'
        : `best EDP ${best.networks[0]!.edpPjCycles.toExponential(3)} pJ*cycles, ${(1 / best.score).toFixed(3)}x better than the baseline scored alike; ${best.design.processingElements} PEs, L2 ${(best.design.l2Bytes / 2 ** 20).toFixed(2)} MiB, L1 ${best.design.l1BytesPerPe} B per PE`;
    console.log(
      `${workload} within ${budget}, ${betweenLayers}: ${candidates} candidates, ${scored} scored; ${(1000 * (seconds / candidates)).toFixed(0)} ms of processor time and ${(mapped / candidates).toFixed(1)} searches of mappings per candidate; ${found}`,
    );
    if (betweenLayers === 'off') continue;
    const worst = await worstShare(inputs, leaders);
    console.log(
      `${workload}: scores of ${leaders.length} leading designs are at most ${worst.toFixed(6)}x the least EDP`,
    );
  }
  console.log(`${workload}: a candidate costs ${(costs[1]! / costs[0]!).toFixed(2)}x with retain`);
}
