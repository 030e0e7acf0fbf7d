import { NO_COUNTERS } from '../../src/search/accelerator/generation-results.ts';
import type { AccuracyPoint, FoundNetwork } from '../../src/search/found-network.ts';
import { mergeFront } from '../../src/search/network/network-front.ts';
import { addToFront, designFigures } from '../../src/search/pareto-front.ts';
import type { FrontPoint, NetworkFigures, ScoredDesign, SearchCounters, TrialRecord } from '../../src/search/ports.ts';
import type {
  BaselineEvent,
  FinishedEvent,
  LayerSummary,
  RunEvent,
  StartedEvent,
} from '../../src/search/run-events.ts';
import { geometricMean } from '../../src/util/geometric-mean.ts';
import { Random } from '../../src/util/random.ts';
import { syntheticSchedule } from '../schedule/synthetic-schedule.ts';
import { designOf, MAPPED_DESIGN, specificationOf } from './synthetic-design.ts';
import { layersOf, scaled, totalsOf } from './synthetic-layers.ts';

/** What a made-up run is like. */
export interface SyntheticOptions {
  readonly command?: 'map' | 'design' | 'cosearch';
  readonly networks?: readonly string[];
  readonly layersPerNetwork?: number;
  readonly generations?: number;
  readonly populationSize?: number;
  readonly seed?: number;
  /** Whether the last event is `finished`. */
  readonly isFinished?: boolean;
  /** Points of the correlation of a co-search. */
  readonly correlated?: number;
  /** Operators of the schedule of each network; 0: the run has none. */
  readonly scheduled?: number;
  /** Put into every name and text that a user can choose. */
  readonly hostile?: string;
}

/** Processing elements of the best design, roughly. */
const UNITS = 120;

const DEFAULTS: Required<SyntheticOptions> = {
  command: 'design',
  networks: ['resnet50'],
  layersPerNetwork: 22,
  generations: 16,
  populationSize: 16,
  seed: 1,
  isFinished: true,
  correlated: 200,
  scheduled: 0,
  hostile: '',
};

/** Events of a run that never happened, in the order and with the magnitudes of a real one. The same options give the same run. */
export function syntheticRun(given: SyntheticOptions = {}): RunEvent[] {
  const options = { ...DEFAULTS, ...given };
  const { command, hostile, layersPerNetwork } = options;
  const random = Random.fromSeed(options.seed);
  const names = options.networks.map((name) => `${name}${hostile}`);
  const layers = names.flatMap((name) => layersOf(name, layersPerNetwork, UNITS, random, hostile));
  const totals = totalsOf(names, layers);
  const started = startedEvent(options, names);
  return command === 'map'
    ? [started, ...mappedLayers(layers, totals, options)]
    : [started, ...searchEvents(options, random, layers, totals)];
}

function startedEvent(options: Required<SyntheticOptions>, names: readonly string[]): StartedEvent {
  const { command, hostile, seed, layersPerNetwork, generations, populationSize } = options;
  return {
    kind: 'started',
    command,
    name: `run${hostile}`,
    seed,
    networks: names.map((name) => ({ name, layers: layersPerNetwork, macs: 4.09e9, parameters: 25.5e6 })),
    strategy: `naas${hostile}`,
    objective: 'edp',
    generations,
    populationSize,
    ...(command === 'map'
      ? { accelerator: `eyeriss${hostile}`, specification: specificationOf(MAPPED_DESIGN, `eyeriss${hostile}`) }
      : {
          budget: {
            name: `eyeriss${hostile}`,
            processingElements: 168,
            onChipBits: 192 * 8192,
            dramBytesPerSecond: 480e6,
            bufferBytesPerCycle: 26,
          },
        }),
    technology: 'cacti-65nm',
    ...(command === 'cosearch'
      ? {
          space: {
            name: `ofa${hostile}`,
            title: `OFA${hostile}`,
            size: 1e13,
            accuracySource: `table${hostile}`,
            floorPercent: 75,
          },
        }
      : {}),
  };
}

function mappedLayers(
  layers: readonly LayerSummary[],
  networks: readonly NetworkFigures[],
  options: Required<SyntheticOptions>,
): RunEvent[] {
  const count = layers.length;
  const events = layers.flatMap((layer, index): RunEvent[] => [
    { kind: 'layer', index, count, layer },
    progressEvent(0.4, index + 1, count, 1),
  ]);
  if (!options.isFinished) return events;
  return [...events, { kind: 'finished', reason: 'done', design: null, networks, ...schedulesOf(networks, options) }];
}

/** @param stepSeconds time of one of the steps that are `done` */
function progressEvent(stepSeconds: number, done: number, total: number, workers: number): RunEvent {
  return {
    kind: 'progress',
    elapsedSeconds: stepSeconds * done,
    done,
    total,
    mappingsPerSecond: 3.1e6,
    remainingSeconds: stepSeconds * (total - done),
    workers,
  };
}

/** Schedules of some networks, as a part of the last event. */
function schedulesOf(
  networks: readonly NetworkFigures[],
  { scheduled, seed, hostile }: Required<SyntheticOptions>,
): Pick<FinishedEvent, 'schedules'> {
  if (scheduled === 0) return {};
  return {
    schedules: networks.map(({ network }, i) => ({
      network,
      schedule: syntheticSchedule({ operators: scheduled, seed: seed + i, hostile }),
    })),
  };
}

function searchEvents(
  options: Required<SyntheticOptions>,
  random: Random,
  layers: readonly LayerSummary[],
  totals: readonly NetworkFigures[],
): RunEvent[] {
  const { command, generations, populationSize, isFinished, correlated, hostile } = options;
  const isCosearch = command === 'cosearch';
  // A co-search finds its network in place of another.
  const before = isCosearch ? totals.map((one) => ({ ...one, network: `given${hostile}` })) : totals;
  const optimal = scaled(before, 1.3, 1.28);
  const published = scaled(before, 1.72, 1.9);
  const events: RunEvent[] = [
    baselineEvent('published', 'row-stationary', published),
    baselineEvent('optimal', null, optimal),
  ];
  let best: ScoredDesign | null = null;
  let counters: SearchCounters = { ...NO_COUNTERS, rejections: { [`area${hostile}`]: 3 } };
  const records: TrialRecord[] = [];
  let accuracyFront: readonly AccuracyPoint[] = [];
  for (let generation = 0; generation < generations; generation++) {
    const trials: TrialRecord[] = [];
    let improved = false;
    for (let i = 0; i < populationSize; i++) {
      const record = trialRecord(
        random,
        generation,
        generation * populationSize + i,
        totals,
        optimal,
        best?.score ?? 1,
        hostile,
      );
      const found =
        isCosearch && record.score !== undefined ? { network: foundNetwork(random, record.score, hostile) } : {};
      trials.push({ ...record, ...found });
      const { trial, score, networks, areaMm2, design } = record;
      if (score === undefined || networks === undefined) continue;
      if (found.network !== undefined)
        accuracyFront = mergeFront(accuracyFront, [{ ...networks[0]!, trial, network: found.network, areaMm2 }]);
      if (best !== null && score >= best.score) continue;
      improved = true;
      const specification = specificationOf(design, `candidate${hostile}`);
      best = { trial, score, design, specification, networks, areaMm2, ...found };
    }
    records.push(...trials);
    counters = { ...counters, ...countersOf(records) };
    const fronts = isCosearch ? { accuracyFront } : {};
    events.push({ kind: 'generation', generation, trials, best, improved, frontSize: 9, counters, ...fronts });
    if (improved && best !== null) events.push({ kind: 'best-layers', trial: best.trial, layers });
    events.push(
      progressEvent(4.1 / populationSize, (generation + 1) * populationSize, generations * populationSize, 2),
    );
    if (generation === 1) events.push({ kind: 'note', level: 'warning', text: `worker 2 was restarted${hostile}` });
  }
  if (isCosearch) events.push(correlationEvent(random, correlated, hostile));
  if (!isFinished || best === null) return events;
  const { networks } = best;
  const gain = (over: readonly NetworkFigures[]) =>
    geometricMean(over.map((figures, n) => figures.edpPjCycles / networks[n]!.edpPjCycles));
  const improvement = { published: gain(published), optimal: gain(optimal) };
  const design = { best, improvement, layers, front: frontOf(records), counters };
  const fronts = isCosearch ? { accuracyFront } : {};
  const schedules = schedulesOf(networks, options);
  return [
    ...events,
    { kind: 'finished', reason: 'generations', design: { ...design, ...fronts }, networks, ...schedules },
  ];
}

function baselineEvent(
  which: BaselineEvent['which'],
  dataflow: string | null,
  networks: readonly NetworkFigures[],
): BaselineEvent {
  return { kind: 'baseline', which, accelerator: 'eyeriss', dataflow, networks, areaMm2: 4.91 };
}

/** A trial that is the better the later it comes, roughly. */
function trialRecord(
  random: Random,
  generation: number,
  trial: number,
  totals: readonly NetworkFigures[],
  optimal: readonly NetworkFigures[],
  cutoff: number,
  hostile: string,
): TrialRecord {
  const design = designOf(random);
  const areaMm2 = 1.2 + design.processingElements * 0.012 + design.l2Bytes * 1.4e-5;
  const common = { trial, generation, design, bound: 0.5 + 0.1 * random.nextUnit(), areaMm2 };
  const fate = random.nextUnit();
  if (fate < 0.04) return { ...common, outcome: 'unmappable', reason: `no room${hostile}` };
  if (fate < 0.3 && generation > 1) return { ...common, outcome: 'stopped', cutoff };
  const spread = 0.62 + 4.5 * Math.exp(-generation / 3.2) * random.nextUnit() ** 2 + 0.5 * random.nextUnit() ** 3;
  const tilt = Math.exp((random.nextUnit() - 0.5) * 0.5);
  const networks = optimal.map(({ energyPj, cycles }, n) => {
    const energy = energyPj * Math.sqrt(spread) * tilt;
    const time = Math.round((cycles * Math.sqrt(spread)) / tilt);
    return { network: totals[n]!.network, energyPj: energy, cycles: time, edpPjCycles: energy * time };
  });
  const score = geometricMean(networks.map((figures, n) => figures.edpPjCycles / optimal[n]!.edpPjCycles));
  return { ...common, outcome: 'scored', score, networks };
}

function countersOf(records: readonly TrialRecord[]): Omit<SearchCounters, 'rejections'> {
  const count = (outcome: TrialRecord['outcome']) => records.filter((record) => record.outcome === outcome).length;
  return {
    scored: count('scored'),
    stopped: count('stopped'),
    unmappable: count('unmappable'),
    layersMapped: records.length * 19,
    layersRemembered: records.length * 4,
    layersSkipped: count('stopped') * 9,
    mappingsEvaluated: records.length * 812_345,
  };
}

function frontOf(records: readonly TrialRecord[]): readonly FrontPoint[] {
  return records
    .filter(({ networks }) => networks !== undefined)
    .map(({ trial, networks, areaMm2, design }) => ({
      trial,
      energyPj: geometricMean(networks!.map(({ energyPj }) => energyPj)),
      cycles: geometricMean(networks!.map(({ cycles }) => cycles)),
      areaMm2,
      design,
    }))
    .reduce<readonly FrontPoint[]>((front, point) => addToFront(front, point, designFigures), []);
}

function correlationEvent(random: Random, count: number, hostile: string): RunEvent {
  return {
    kind: 'correlation',
    title: `Modelled and recorded latency${hostile}`,
    xLabel: `modelled, ms${hostile}`,
    yLabel: `recorded, ms${hostile}`,
    points: Array.from({ length: count }, () => [1 + random.nextUnit(), 1 + random.nextUnit()] as const),
    kendallTau: 0.61,
    spearmanRho: 0.79,
    notes: [`a reason${hostile}`],
  };
}

/** A network that is the less accurate the cheaper it is, roughly. */
function foundNetwork(random: Random, score: number, hostile: string): FoundNetwork {
  const top1Percent = 74 + 2 * Math.tanh(score) + 1.5 * random.nextUnit();
  return {
    space: `ofa${hostile}`,
    key: `k${random.nextInt(1e6)}${hostile}`,
    genes: { image_size: 160 + 16 * random.nextInt(5), [`d${hostile}`]: [2, 3, 2 + random.nextInt(3)] },
    accuracy: {
      kind: 'estimate',
      top1Percent,
      reportedTop1Percent: top1Percent - 0.2,
      errorPoints: 0.3,
      source: `table${hostile}`,
      inDomain: random.nextUnit() < 0.8,
      saturated: random.nextUnit() < 0.1,
      notes: [`a note${hostile}`],
    },
    macs: Math.round(4e8 * (0.5 + random.nextUnit())),
    parameters: Math.round(6e6 * (0.5 + random.nextUnit())),
  };
}
