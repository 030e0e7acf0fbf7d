import type { ReportInput } from '../../src/report/model.ts';
import { designFigures, NO_COUNTERS } from '../../src/search/accelerator/generation-results.ts';
import type { AccuracyPoint, FoundNetwork } from '../../src/search/found-network.ts';
import { addToFront } from '../../src/search/pareto-front.ts';
import type { FrontPoint, NetworkFigures, ScoredDesign, SearchCounters, TrialRecord } from '../../src/search/ports.ts';
import type { RunEvent, StartedEvent } from '../../src/search/run-events.ts';
import { designOf, random, specificationOf } from './synthetic-design.ts';
import { geometricMean, layersOf, scaled, totalsOf } from './synthetic-layers.ts';

/** What a made-up run looks like. */
export interface SyntheticOptions {
  readonly command?: 'map' | 'design' | 'cosearch';
  readonly networks?: readonly string[];
  readonly layersPerNetwork?: number;
  readonly generations?: number;
  readonly populationSize?: number;
  readonly seed?: number;
  readonly isFinished?: boolean;
  /** Points of the correlation of a co-search. */
  readonly correlated?: number;
  /** Put into every name and text that a user can choose. */
  readonly hostile?: string;
}

/** Of the best design, roughly. */
const UNITS = 120;

/** Journal of a run that never happened, with figures of plausible sizes. The same options give the same run. */
export function syntheticInput(options: SyntheticOptions = {}): ReportInput {
  const { command = 'design', networks = ['resnet50'], hostile = '', seed = 1 } = options;
  const events = syntheticEvents(options);
  return {
    title: `${networks.join(' + ')} within Eyeriss${hostile}`,
    events,
    configuration: {
      command,
      networks: networks.map((name) => `${name}${hostile}`),
      [`budget${hostile}`]: 'eyeriss',
      objective: 'edp',
      seed,
    },
    commandLine: `trifold ${command} ${networks.join(' ')} --budget eyeriss --seed ${seed}${hostile}`,
    version: '0.1.0',
  };
}

/** The events of {@link syntheticInput}. */
export function syntheticEvents(options: SyntheticOptions = {}): RunEvent[] {
  const {
    command = 'design',
    networks = ['resnet50'],
    layersPerNetwork = 22,
    generations = 16,
    populationSize = 16,
    seed = 1,
    isFinished = true,
    hostile = '',
  } = options;
  const next = random(seed);
  const names = networks.map((name) => `${name}${hostile}`);
  const layers = names.flatMap((name) => layersOf(name, layersPerNetwork, UNITS, next, hostile));
  const started: StartedEvent = {
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
      ? { accelerator: `eyeriss${hostile}`, specification: specificationOf(designOf(random(7)), `eyeriss${hostile}`) }
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
  const totals = totalsOf(names, layers);
  if (command === 'map')
    return [
      started,
      ...layers.map((layer, index): RunEvent => ({ kind: 'layer', index, count: layers.length, layer })),
      ...(isFinished ? [{ kind: 'finished', reason: 'done', design: null, networks: totals } as const] : []),
    ];

  // A co-search finds its network in place of another.
  const before = command === 'cosearch' ? totals.map((one) => ({ ...one, network: `given${hostile}` })) : totals;
  const optimal = scaled(before, 1.3, 1.28);
  const published = scaled(before, 1.72, 1.9);
  const events: RunEvent[] = [
    started,
    {
      kind: 'baseline',
      which: 'published',
      accelerator: 'eyeriss',
      dataflow: 'row-stationary',
      networks: published,
      areaMm2: 4.91,
    },
    { kind: 'baseline', which: 'optimal', accelerator: 'eyeriss', dataflow: null, networks: optimal, areaMm2: 4.91 },
  ];
  if (hostile !== '') events.push({ kind: 'note', level: 'warning', text: hostile });
  let best: ScoredDesign | null = null;
  let counters: SearchCounters = { ...NO_COUNTERS, rejections: { [`area${hostile}`]: 3 } };
  const records: TrialRecord[] = [];
  let accuracyFront: readonly AccuracyPoint[] = [];
  for (let generation = 0; generation < generations; generation++) {
    const trials: TrialRecord[] = [];
    let improved = false;
    for (let i = 0; i < populationSize; i++) {
      const trial = generation * populationSize + i;
      const design = designOf(next);
      const areaMm2 = 1.2 + design.processingElements * 0.012 + design.l2Bytes * 1.4e-5;
      const bound = 0.5 + 0.1 * next();
      const kind = next();
      if (kind < 0.04) {
        trials.push({ trial, generation, design, outcome: 'unmappable', bound, areaMm2, reason: `no room${hostile}` });
        continue;
      }
      if (kind < 0.3 && generation > 1) {
        trials.push({ trial, generation, design, outcome: 'stopped', bound, cutoff: best?.score ?? 1, areaMm2 });
        continue;
      }
      const spread = 0.62 + 4.5 * Math.exp(-generation / 3.2) * next() ** 2 + 0.5 * next() ** 3;
      const tilt = Math.exp((next() - 0.5) * 0.5);
      const figures = optimal.map(({ energyPj, cycles }, n) => {
        const { network } = totals[n]!;
        const energy = energyPj * Math.sqrt(spread) * tilt;
        const time = Math.round((cycles * Math.sqrt(spread)) / tilt);
        return { network, energyPj: energy, cycles: time, edpPjCycles: energy * time };
      });
      const score = geometricMean(figures.map((figure, n) => figure.edpPjCycles / optimal[n]!.edpPjCycles));
      const found = command === 'cosearch' ? { network: foundNetwork(next, score, hostile) } : {};
      trials.push({ trial, generation, design, outcome: 'scored', score, bound, networks: figures, areaMm2, ...found });
      if (found.network !== undefined)
        accuracyFront = joinedFront(accuracyFront, { ...figures[0]!, trial, network: found.network, areaMm2 });
      if (best === null || score < best.score) {
        improved = true;
        best = {
          trial,
          score,
          design,
          specification: specificationOf(design, `candidate${hostile}`),
          networks: figures,
          areaMm2,
          ...found,
        };
      }
    }
    records.push(...trials);
    const count = (outcome: string) => records.filter((record) => record.outcome === outcome).length;
    counters = {
      ...counters,
      scored: count('scored'),
      stopped: count('stopped'),
      unmappable: count('unmappable'),
      layersMapped: records.length * 19,
      layersRemembered: records.length * 4,
      layersSkipped: count('stopped') * 9,
      mappingsEvaluated: records.length * 812_345,
    };
    const fronts = command === 'cosearch' ? { accuracyFront } : {};
    events.push({ kind: 'generation', generation, trials, best, improved, frontSize: 9, counters, ...fronts });
    if (improved) events.push({ kind: 'best-layers', trial: best!.trial, layers });
    events.push({
      kind: 'progress',
      elapsedSeconds: 4.1 * (generation + 1),
      done: (generation + 1) * populationSize,
      total: generations * populationSize,
      mappingsPerSecond: 3.1e6,
      remainingSeconds: null,
      workers: 2,
    });
  }
  if (command === 'cosearch')
    events.push({
      kind: 'correlation',
      title: `Latency${hostile}`,
      xLabel: `modelled, ms${hostile}`,
      yLabel: `recorded, ms${hostile}`,
      points: Array.from({ length: options.correlated ?? 200 }, () => [1 + next(), 1 + next()] as const),
      kendallTau: 0.61,
      spearmanRho: 0.79,
      notes: [`a reason${hostile}`],
    });
  if (!isFinished || best === null) return events;
  const of = (event: readonly NetworkFigures[]) =>
    geometricMean(event.map((figures, n) => figures.edpPjCycles / best.networks[n]!.edpPjCycles));
  const scored = records.filter((record) => record.networks !== undefined);
  const front = scored
    .map(({ trial, networks: figures, areaMm2, design }) => ({
      trial,
      energyPj: geometricMean(figures!.map(({ energyPj }) => energyPj)),
      cycles: geometricMean(figures!.map(({ cycles }) => cycles)),
      areaMm2,
      design,
    }))
    .reduce<readonly FrontPoint[]>((front, point) => addToFront(front, point, designFigures), []);
  const improvement = { published: of(published), optimal: of(optimal) };
  const fronts = command === 'cosearch' ? { accuracyFront } : {};
  const design = { best, improvement, layers, front, counters, ...fronts };
  events.push({ kind: 'finished', reason: 'generations', design, networks: best.networks });
  return events;
}

function foundNetwork(next: () => number, score: number, hostile: string): FoundNetwork {
  const top1Percent = 74 + 2 * Math.tanh(score) + 1.5 * next();
  return {
    space: `ofa${hostile}`,
    key: `k${Math.floor(1e6 * next())}${hostile}`,
    genes: { image_size: 160 + 16 * Math.floor(5 * next()), [`d${hostile}`]: [2, 3, Math.floor(2 + 3 * next())] },
    accuracy: {
      kind: 'estimate',
      top1Percent,
      reportedTop1Percent: top1Percent - 0.2,
      errorPoints: 0.3,
      source: `table${hostile}`,
      inDomain: next() < 0.8,
      saturated: next() < 0.1,
      notes: [`a note${hostile}`],
    },
    macs: Math.round(4e8 * (0.5 + next())),
    parameters: Math.round(6e6 * (0.5 + next())),
  };
}

/** The front with one more point, by descending accuracy. */
function joinedFront(front: readonly AccuracyPoint[], point: AccuracyPoint): readonly AccuracyPoint[] {
  const accuracy = ({ network }: AccuracyPoint) => network.accuracy.top1Percent;
  const covers = (a: AccuracyPoint, b: AccuracyPoint) => accuracy(a) >= accuracy(b) && a.edpPjCycles <= b.edpPjCycles;
  if (front.some((other) => covers(other, point))) return front;
  return [...front.filter((other) => !covers(point, other)), point].sort((a, b) => accuracy(b) - accuracy(a));
}
