/**
 * What worker threads bring a design run. The same search is run on one thread and on several; all must give the same designs.
 *
 * First the schedule: the search runs on this thread, with the threads of the pool made up. Every layer is mapped when a made-up thread takes
 * it and timed by processor time; its answer comes when the clock of the threads has got there. What is mapped, under which cutoffs and
 * in which order is therefore as on that many threads, and what comes out is how much work there is and how long threads wait, independent of
 * what else the machine does. Messages and memory that threads share cost nothing here. The time of this thread is added in full.
 * Then real threads: medians of wall and processor time over the rounds. Wall times mean something on an idle machine only;
 * processor time tells the overhead on any.
 */
import { parseArgs } from 'node:util';
import { acceleratorKey } from '../src/accelerator/accelerator-key.ts';
import { type DesignState, INITIAL_DESIGN_STATE } from '../src/app/design/design.ts';
import { openEvaluator } from '../src/app/design/evaluators.ts';
import { type DesignInputs, designInputs } from '../src/app/design/inputs.ts';
import { unlimited } from '../src/app/run/limits.ts';
import { readRequest } from '../src/options/command.ts';
import { DESIGN } from '../src/options/design.ts';
import { type SpreadContext, spreadCandidates } from '../src/parallel/candidate-spread.ts';
import type { WalkContext } from '../src/search/accelerator/candidate-walk.ts';
import { layerMapper } from '../src/search/accelerator/evaluate-candidate.ts';
import { LayerMemo } from '../src/search/accelerator/layer-memo.ts';
import { prepareNetwork } from '../src/search/accelerator/network-score.ts';
import { exactSettings, type MappedFigures, type MappingOutcome } from '../src/search/mapping/map-layer.ts';
import type { CandidateEvaluator } from '../src/search/ports.ts';
import { layerKey } from '../src/workload/distinct-layers.ts';
import { searchDesigns } from './design-search.ts';
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
const request = readRequest(DESIGN.request, {
  workloads: options.network.split('+'),
  budget: options.budget,
  generations: Number(options.generations),
  populationSize: options.population === undefined ? undefined : Number(options.population),
  seed: Number(options.seed),
});
const inputs = designInputs(request);

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
  return searchDesigns(
    from,
    evaluator,
    (running) => running.getState().generation >= generations,
    start,
    ({ kind }) => {
      if (kind === 'generation') onGeneration();
    },
  );
}

/** Designs and scores of a search, to compare searches. */
function fingerprint({ search: found }: DesignState): string {
  return JSON.stringify([found?.best, found?.front, found?.optimizer]);
}

/** Generations of another search that start threads and warm their code. */
const WARM_GENERATIONS = 2;

/** A layer, the accelerator and the cutoff that it is mapped under. */
type Work = Parameters<SpreadContext['map']>;

interface Timed {
  readonly outcome: MappingOutcome<MappedFigures>;
  readonly seconds: number;
}

/** Threads that are made up: a layer is mapped at once, on this thread, and its answer waits until their clock is there. */
class MadeUpThreads {
  /** Seconds since the start. */
  now = 0;
  /** Seconds that the threads worked. */
  work = 0;
  layers = 0;
  readonly #count: number;
  readonly #known: Map<string, Timed>;
  #waiting: { readonly end: number; readonly answer: () => void }[] = [];

  /** @param known what was mapped and timed before, for threads of any number */
  constructor(count: number, known: Map<string, Timed>) {
    this.#count = count;
    this.#known = known;
  }

  /** An evaluator like that of the pool. */
  evaluator(): CandidateEvaluator {
    const { networks, technology } = inputs;
    const context: WalkContext = {
      networks: networks.map((network) => prepareNetwork(network)),
      factors: 'perfect',
      memo: new LayerMemo(4096),
    };
    const spread: SpreadContext = {
      technology,
      context,
      threads: this.#count,
      map: async (...work) => ({ outcome: await this.#map(work), isRemembered: false }),
    };
    return { evaluateCandidates: (tasks, { keep } = {}) => spreadCandidates(tasks, keep, spread) };
  }

  #map(work: Work): Promise<Timed['outcome']> {
    const [layer, accelerator, cutoff] = work;
    const key = `${keyOf(layer, layerKey)} ${keyOf(accelerator, acceleratorKey)} ${cutoff}`;
    let timed = this.#known.get(key);
    if (timed === undefined) {
      timed = quickest(work, TIMINGS);
      this.#known.set(key, timed);
    }
    const { outcome, seconds } = timed;
    this.work += seconds;
    this.layers++;
    return new Promise((resolve) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#advance());
      this.#waiting.push({ end: this.now + seconds, answer: () => resolve(outcome) });
    });
  }

  #advance(): void {
    const first = this.#waiting.reduce((least, one) => (one.end < least.end ? one : least));
    this.#waiting = this.#waiting.filter((one) => one !== first);
    this.now = first.end;
    first.answer();
    if (this.#waiting.length > 0) setImmediate(() => this.#advance());
  }
}

const keys = new WeakMap<object, string>();

/** Key of an object, made once. */
function keyOf<T extends object>(value: T, makeKey: (value: T) => string): string {
  const key = keys.get(value) ?? makeKey(value);
  keys.set(value, key);
  return key;
}

/** What looking at the processor time takes itself. */
const LOOK_SECONDS = (() => {
  const looks = 2000;
  const before = cpuSeconds();
  for (let look = 0; look < looks; look++) cpuSeconds();
  return (cpuSeconds() - before) / looks;
})();

const mapper = layerMapper(exactSettings({ factors: 'perfect' }));
/** Times that a layer is mapped and timed; the quickest counts, so that what else the machine does disturbs less. */
const TIMINGS = 2;
/** Processor time that mapping and timing took on this thread. */
let mappingSeconds = 0;

function quickest(work: Work, timings: number): Timed {
  const before = cpuSeconds();
  const outcome = mapper(...work);
  const seconds = cpuSeconds() - before;
  mappingSeconds += seconds + LOOK_SECONDS;
  const own = { outcome, seconds: Math.max(0, seconds - LOOK_SECONDS) };
  if (timings === 1) return own;
  const other = quickest(work, timings - 1);
  return other.seconds < own.seconds ? other : own;
}

async function schedule(baselines: DesignState): Promise<void> {
  const known = new Map<string, Timed>();
  const other = { ...inputs, request: { ...inputs.request, seed: inputs.request.seed + 1 } };
  await search(other, baselines, new MadeUpThreads(1, new Map()).evaluator(), WARM_GENERATIONS);
  const run = async (count: number) => {
    const made = new MadeUpThreads(count, known);
    const [before, mappedBefore] = [cpuSeconds(), mappingSeconds];
    const found = fingerprint(await search(inputs, baselines, made.evaluator(), inputs.request.generations));
    return { made, found, main: cpuSeconds() - before - (mappingSeconds - mappedBefore) };
  };
  const one = await run(1);
  // The second time nothing is mapped, only the rest is done again.
  const main = Math.min(one.main, (await run(1)).main);
  const alone = one.made.now + main;
  const costs = [...known.values()].map(({ seconds }) => seconds);
  console.log(
    `${one.made.layers} layers mapped: ${digits(one.made.work)} s of processor time, median ${digits(median(costs) * 1000)} ms, longest ${digits(Math.max(...costs))} s; beside them ${digits(main)} s`,
  );
  for (let workers = 2; workers <= Math.max(2, most); workers++) {
    const { made, found } = await run(workers);
    if (found !== one.found) throw new Error(`${workers} made-up threads found other designs than one`);
    const waiting = 1 - made.work / (workers * made.now);
    console.log(
      `${workers} workers by processor time: speed-up ${digits(alone / (made.now + main))}, with ${digits((100 * made.work) / one.made.work - 100)} % more work (${made.layers} layers) and ${digits(100 * waiting)} % of their time waiting; without both ${digits(alone / (main + one.made.work / workers))}`,
    );
  }
}

async function threads(baselines: DesignState): Promise<void> {
  const walls: number[][] = [];
  let expected: string | undefined;
  const cpus: number[][] = [];
  for (let round = 0; round < Number(options.rounds); round++)
    for (let workers = 1; workers <= most; workers++) {
      const pool = await openEvaluator(inputs, { ...unlimited(workers), offMainThread: true });
      const other = { ...inputs, request: { ...inputs.request, seed: inputs.request.seed + 1 } };
      await search(other, baselines, pool, WARM_GENERATIONS);
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

const evaluator = await openEvaluator(inputs, unlimited(1));
const baselines = await search(inputs, INITIAL_DESIGN_STATE, evaluator, 0);
await evaluator.close();
console.log(`${options.network} within ${options.budget}: ${options.generations} generations, seed ${options.seed}`);
await schedule(baselines);
if (options.rounds !== '0') await threads(baselines);
