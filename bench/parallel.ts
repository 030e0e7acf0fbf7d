/**
 * What worker threads bring a design run. The same search is run on one thread and on several; all must give the same designs.
 *
 * First the schedule: the search runs on this thread, every candidate is timed by processor time, and from these times follows what k
 * workers can bring if nothing but waiting for each other costs anything: with one candidate per thread as the candidates come, with the longest
 * first (known only afterwards), waiting at the end of generations only, and without waiting. Independent of what else the machine does. The
 * pool spreads layers, not candidates, so it waits less than the first of these.
 * Then real threads: medians of wall and processor time over the rounds. Wall times mean something on an idle machine only;
 * processor time tells the overhead on any.
 */
import { parseArgs } from 'node:util';
import { type DesignState, INITIAL_DESIGN_STATE, runDesign } from '../src/app/design.ts';
import { type DesignInputs, designInputs } from '../src/app/design-inputs.ts';
import { openEvaluator } from '../src/app/evaluators.ts';
import type { CandidateEvaluator, CandidateResult } from '../src/search/ports.ts';
import { digits, median } from './naas/statistics.ts';

const { values: options } = parseArgs({
  options: {
    network: { type: 'string', default: 'resnet50' },
    budget: { type: 'string', default: 'nvdla-1024' },
    generations: { type: 'string', default: '6' },
    population: { type: 'string' },
    workers: { type: 'string', default: '2' },
    /** 0: the schedule alone. */
    rounds: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
  },
});
const most = Number(options.workers);
const inputs = designInputs({
  workloads: options.network.split('+'),
  budget: options.budget,
  batch: 1,
  strategy: 'naas',
  generations: Number(options.generations),
  ...(options.population === undefined ? {} : { populationSize: Number(options.population) }),
  mapper: 'exact',
  mapperEvaluations: 1,
  factors: 'perfect',
  finalFactors: 'perfect',
  prune: true,
  seed: Number(options.seed),
});

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Runs the generations from a state, without the final mapping; returns the state after them. */
async function search(
  from: DesignInputs,
  start: DesignState,
  evaluator: CandidateEvaluator,
  generations: number,
  onGeneration = () => {},
) {
  const state = { last: start };
  await runDesign(from, start, {
    evaluator,
    onEvent: ({ kind }) => {
      if (kind === 'generation') onGeneration();
    },
    onState: (next) => {
      state.last = next;
    },
    endsNow: (running) => (running.getState().generation >= generations ? 'interrupted' : null),
    whenUnpaused: async () => {},
  });
  return state.last;
}

/** Designs and scores of a search, to compare searches. */
function fingerprint({ search: found }: DesignState): string {
  return JSON.stringify([found?.best, found?.front, found?.optimizer]);
}

/** Time until the last of some workers is done, each taking the next task when it is free. */
function makespan(costs: readonly number[], workers: number): number {
  const busyUntil = new Array<number>(workers).fill(0);
  for (const cost of costs) {
    const first = busyUntil.indexOf(Math.min(...busyUntil));
    busyUntil[first]! += cost;
  }
  return Math.max(...busyUntil);
}

async function schedule(baselines: DesignState): Promise<void> {
  const pool = await openEvaluator(inputs, { workers: 1, offMainThread: false });
  const calls: number[][] = [];
  const generations: number[][] = [];
  let seen = 0;
  const timed: CandidateEvaluator = {
    async evaluateCandidates(tasks) {
      const results: CandidateResult[] = [];
      const costs: number[] = [];
      for (const task of tasks) {
        const before = cpuSeconds();
        results.push((await pool.evaluateCandidates([task]))[0]!);
        costs.push(cpuSeconds() - before);
      }
      calls.push(costs);
      return results;
    },
  };
  const before = cpuSeconds();
  await search(inputs, baselines, timed, inputs.request.generations, () => {
    generations.push(calls.slice(seen).flat());
    seen = calls.length;
  });
  const total = cpuSeconds() - before;
  await pool.close();
  const all = calls.flat();
  const work = all.reduce((sum, cost) => sum + cost, 0);
  const main = total - work;
  console.log(
    `${all.length} evaluations in ${calls.length} calls: ${digits(work)} s of processor time, median ${digits(median(all) * 1000)} ms, longest ${digits(Math.max(...all))} s; between them ${digits(main)} s`,
  );
  for (let workers = 2; workers <= Math.max(2, most); workers++) {
    const speedUp = (lists: readonly (readonly number[])[]) =>
      digits(total / (main + lists.reduce((sum, costs) => sum + makespan(costs, workers), 0)));
    const longestFirst = calls.map((call) => [...call].sort((a, b) => b - a));
    console.log(
      `most that ${workers} workers can bring: ${speedUp(calls)} with one candidate per thread, ${speedUp(longestFirst)} with the longest of every call first, ${speedUp(generations)} waiting at the end of generations only, ${digits(total / (main + work / workers))} without waiting`,
    );
  }
}

async function threads(baselines: DesignState): Promise<void> {
  const walls: number[][] = [];
  let expected: string | undefined;
  const cpus: number[][] = [];
  for (let round = 0; round < Number(options.rounds); round++)
    for (let workers = 1; workers <= most; workers++) {
      const pool = await openEvaluator(inputs, { workers, offMainThread: true });
      // One generation of another search starts the threads and warms their code.
      await search({ ...inputs, request: { ...inputs.request, seed: inputs.request.seed + 1 } }, baselines, pool, 1);
      const [cpu, begun] = [cpuSeconds(), performance.now()];
      const found = fingerprint(await search(inputs, baselines, pool, inputs.request.generations));
      walls[workers] = [...(walls[workers] ?? []), (performance.now() - begun) / 1000];
      cpus[workers] = [...(cpus[workers] ?? []), cpuSeconds() - cpu];
      await pool.close();
      expected ??= found;
      if (found !== expected) throw new Error(`${workers} workers found other designs than one`);
    }
  for (let workers = 1; workers <= most; workers++)
    console.log(
      `${workers} worker${workers > 1 ? 's' : ''}: wall ${digits(median(walls[workers]!))} s, speed-up ${digits(median(walls[1]!) / median(walls[workers]!))}, processor time ${digits(median(cpus[workers]!))} s`,
    );
  console.log('the designs found are the same');
}

const evaluator = await openEvaluator(inputs, { workers: 1, offMainThread: false });
const baselines = await search(inputs, INITIAL_DESIGN_STATE, evaluator, 0);
await evaluator.close();
console.log(`${options.network} within ${options.budget}: ${options.generations} generations, seed ${options.seed}`);
await schedule(baselines);
if (options.rounds !== '0') await threads(baselines);
