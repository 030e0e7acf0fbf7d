import { NO_COUNTERS } from '../../src/search/accelerator/generation-results.ts';
import type { AccuracyPoint, FoundNetwork } from '../../src/search/found-network.ts';
import type { Design, GenerationEvent, NetworkFigures, ScoredDesign, TrialRecord } from '../../src/search/ports.ts';
import type { LayerSummary, RunEvent, StartedEvent } from '../../src/search/run-events.ts';
import type { Axis } from '../../src/tui/drawing/wiring.ts';
import { Random } from '../../src/util/random.ts';

/** What the made-up run is like. */
export interface SyntheticRunOptions {
  readonly seed?: number;
  readonly command?: 'design' | 'map' | 'cosearch';
  readonly networks?: readonly string[];
  readonly generations?: number;
  readonly population?: number;
  readonly layers?: number;
  /** Whether the last event is `finished`. */
  readonly ends?: boolean;
}

const BUDGET = {
  name: 'eyeriss',
  processingElements: 168,
  onChipBits: 192 * 1024 * 8,
  dramBytesPerSecond: 480e6,
  bufferBytesPerCycle: 26,
} as const;

const SPACE = {
  name: 'ofa-mobile',
  title: 'OFA-MobileNetV3',
  size: 2.2e19,
  accuracySource: 'additive model',
  floorPercent: 74.5,
} as const;

const MAPPED_DESIGN: Design = {
  processingElements: 168,
  l1BytesPerPe: 512,
  l2Bytes: 108 * 1024,
  bufferWordsPerCycle: 13,
  axes: [
    { name: 'X', size: 14, parallelDims: ['K', 'G'] },
    { name: 'Y', size: 12, parallelDims: ['R'] },
  ],
};

const PAIRS = ['K', 'C', 'P', 'Q', 'R', 'S'] as const;

/** Events of a run that never happened, in the order and with the magnitudes of a real one. The same seed gives the same run. */
export function syntheticRun(options: SyntheticRunOptions = {}): RunEvent[] {
  const { seed = 1, command = 'design', networks = ['resnet50'], generations = 24, ends = true } = options;
  const random = Random.fromSeed(seed);
  const events: RunEvent[] = [startedEvent(command, networks, generations, options.population ?? 16, seed)];
  const layerCount = options.layers ?? 23;
  if (command === 'map') return [...events, ...mapEvents(random, networks[0]!, layerCount, ends)];
  const base = networks.map((network): NetworkFigures => figures(network, 9e9 * (1 + random.nextUnit()), 6e7));
  for (const which of ['published', 'optimal'] as const)
    events.push({
      kind: 'baseline',
      which,
      accelerator: 'eyeriss',
      dataflow: which === 'published' ? 'row-stationary' : null,
      networks: base.map((one) =>
        which === 'published' ? one : figures(one.network, one.energyPj * 0.8, one.cycles * 0.75),
      ),
      areaMm2: 9.4,
    });
  events.push(...designEvents(random, base, options.population ?? 16, layerCount, command === 'cosearch', options));
  return events;
}

function startedEvent(
  command: 'design' | 'map' | 'cosearch',
  networks: readonly string[],
  generations: number,
  populationSize: number,
  seed: number,
): StartedEvent {
  return {
    kind: 'started',
    command,
    name: `${networks[0]}-1`,
    seed,
    networks: networks.map((name) => ({ name, layers: 54, macs: 4.1e9, parameters: 2.55e7 })),
    ...(command === 'map'
      ? { accelerator: 'eyeriss', specification: specificationOf(MAPPED_DESIGN) }
      : { budget: BUDGET, generations, populationSize }),
    ...(command === 'cosearch' ? { space: SPACE } : {}),
    technology: 'cacti-65nm',
    strategy: command === 'map' ? 'exact' : command === 'cosearch' ? 'nested' : 'naas',
    objective: 'edp',
  };
}

function figures(network: string, energyPj: number, cycles: number): NetworkFigures {
  return { network, energyPj, cycles, edpPjCycles: energyPj * cycles };
}

function designEvents(
  random: Random,
  base: readonly NetworkFigures[],
  population: number,
  layerCount: number,
  isCosearch: boolean,
  { generations = 24, ends = true }: SyntheticRunOptions,
): RunEvent[] {
  const events: RunEvent[] = [];
  let accuracyFront: readonly AccuracyPoint[] = [];
  let best: ScoredDesign | null = null;
  let counters: GenerationEvent['counters'] = NO_COUNTERS;
  let trial = 0;
  for (let generation = 0; generation < generations; generation++) {
    const trials: TrialRecord[] = [];
    let improved = false;
    for (let i = 0; i < population; i++, trial++) {
      const design = randomDesign(random);
      const areaMm2 = 2 + 4e-5 * (design.l2Bytes + design.processingElements * design.l1BytesPerPe);
      const common = { trial, generation, design, bound: 0.1, areaMm2 };
      const fate = random.nextUnit();
      if (generation > 1 && fate < 0.25) trials.push({ ...common, outcome: 'stopped', cutoff: 1 });
      else if (fate < 0.3) trials.push({ ...common, outcome: 'unmappable', reason: 'L1 too small' });
      else {
        const score = (0.18 + 3 * Math.exp(-generation / 6)) * Math.exp(0.45 * Math.abs(random.nextNormal()));
        const networks = base.map((one) => {
          const factor = Math.sqrt(score) * (1 + 0.1 * random.nextUnit());
          return figures(one.network, one.energyPj * factor, one.cycles * factor);
        });
        const found = isCosearch ? { network: foundNetwork(random, score) } : {};
        trials.push({ ...common, outcome: 'scored', score, networks, ...found });
        if (found.network !== undefined)
          accuracyFront = joinedFront(accuracyFront, { ...networks[0]!, trial, network: found.network, areaMm2 });
        if (best === null || score < best.score) {
          best = { trial, score, design, specification: specificationOf(design), networks, areaMm2, ...found };
          improved = true;
        }
      }
    }
    const count = (outcome: TrialRecord['outcome']) => trials.filter((one) => one.outcome === outcome).length;
    counters = {
      ...counters,
      scored: counters.scored + count('scored'),
      stopped: counters.stopped + count('stopped'),
      unmappable: counters.unmappable + count('unmappable'),
      layersMapped: counters.layersMapped + 6 * population,
      layersRemembered: counters.layersRemembered + 14 * population,
      mappingsEvaluated: counters.mappingsEvaluated + 250_000 * population,
    };
    const fronts = isCosearch ? { accuracyFront } : {};
    events.push({ kind: 'generation', generation, trials, best, improved, frontSize: 7, counters, ...fronts });
    if (improved && best !== null)
      events.push({
        kind: 'best-layers',
        trial: best.trial,
        layers: syntheticLayers(random, base[0]!.network, layerCount),
      });
    events.push({
      kind: 'progress',
      elapsedSeconds: (generation + 1) * 2.4,
      done: trial,
      total: generations * population,
      mappingsPerSecond: 1.2e6 + 1e5 * random.nextNormal(),
      remainingSeconds: (generations - generation - 1) * 2.4,
      workers: 2,
    });
    if (generation === 3) events.push({ kind: 'note', level: 'warning', text: 'worker 2 was restarted' });
  }
  if (isCosearch)
    events.push({
      kind: 'correlation',
      title: 'Modelled and recorded latency',
      xLabel: 'modelled latency, ms',
      yLabel: 'recorded latency, ms',
      points: Array.from({ length: 3000 }, () => {
        const x = 1 + 9 * random.nextUnit();
        return [x, x * (0.8 + 0.5 * random.nextUnit())] as const;
      }),
      kendallTau: 0.81,
      spearmanRho: 0.94,
      notes: ['The recorded chip adds a start-up time to every layer.'],
    });
  if (!ends || best === null) return events;
  events.push({
    kind: 'finished',
    reason: 'generations',
    design: {
      best,
      improvement: { published: 4.1, optimal: 2.3 },
      layers: syntheticLayers(random, base[0]!.network, layerCount),
      front: [],
      ...(isCosearch ? { accuracyFront } : {}),
      counters,
    },
    networks: best.networks,
  });
  return events;
}

/** A network that is the less accurate the cheaper it is, roughly. */
function foundNetwork(random: Random, score: number): FoundNetwork {
  const depth = Array.from({ length: 5 }, () => 2 + random.nextInt(3));
  const kernels = Array.from({ length: 20 }, () => 3 + 2 * random.nextInt(3));
  const top1Percent = 74.5 + 1.5 * Math.tanh(Math.log(score) + 1) + 1.4 * random.nextUnit();
  return {
    space: 'ofa-mobile',
    key: `d${depth.join('')}k${kernels.join('')}`,
    genes: { image_size: 160 + 16 * random.nextInt(5), d: depth, ks: kernels },
    accuracy: {
      kind: 'estimate',
      top1Percent,
      reportedTop1Percent: top1Percent,
      errorPoints: 0.31,
      source: 'additive model',
      inDomain: random.nextUnit() < 0.9,
      saturated: false,
      notes: [],
    },
    macs: Math.round(3e8 * (0.5 + random.nextUnit())),
    parameters: Math.round(5e6 * (0.8 + 0.5 * random.nextUnit())),
  };
}

/** The front with one more point, by descending accuracy. */
function joinedFront(front: readonly AccuracyPoint[], point: AccuracyPoint): readonly AccuracyPoint[] {
  const accuracy = ({ network }: AccuracyPoint) => network.accuracy.top1Percent;
  const covers = (a: AccuracyPoint, b: AccuracyPoint) => accuracy(a) >= accuracy(b) && a.edpPjCycles <= b.edpPjCycles;
  if (front.some((other) => covers(other, point))) return front;
  return [...front.filter((other) => !covers(point, other)), point].sort((a, b) => accuracy(b) - accuracy(a));
}

function mapEvents(random: Random, network: string, count: number, ends: boolean): RunEvent[] {
  const layers = syntheticLayers(random, network, count);
  const events = layers.flatMap((layer, index): RunEvent[] => [
    { kind: 'layer', index, count, layer },
    {
      kind: 'progress',
      elapsedSeconds: 0.4 * (index + 1),
      done: index + 1,
      total: count,
      mappingsPerSecond: 1.4e6,
      remainingSeconds: 0.4 * (count - index - 1),
      workers: 1,
    },
  ]);
  const energyPj = layers.reduce((sum, layer) => sum + layer.repeat * layer.energyPj, 0);
  const cycles = layers.reduce((sum, layer) => sum + layer.repeat * layer.cycles, 0);
  return ends
    ? [...events, { kind: 'finished', reason: 'done', design: null, networks: [figures(network, energyPj, cycles)] }]
    : events;
}

/** A design within the budget of Eyeriss, with one to three axes. */
export function randomDesign(random: Random): Design {
  const order = [...PAIRS].sort(() => random.nextUnit() - 0.5);
  const shapes = [[12, 14], [8, 20], [16, 10], [4, 8, 4], [160], [14, 12]];
  const sizes = shapes[random.nextInt(shapes.length)]!;
  const axes = sizes.map((size, i): Axis => {
    const dim = order[i]!;
    return { name: ['X', 'Y', 'Z'][i]!, size, parallelDims: dim === 'K' || dim === 'C' ? [dim, 'G'] : [dim] };
  });
  const processingElements = sizes.reduce((a, b) => a * b, 1);
  const l1BytesPerPe = 16 * (4 + random.nextInt(36));
  return {
    processingElements,
    l1BytesPerPe,
    l2Bytes: 16 * Math.floor((0.5 + 0.5 * random.nextUnit()) * (192 * 64 - (processingElements * l1BytesPerPe) / 16)),
    bufferWordsPerCycle: 4 + random.nextInt(10),
    axes,
  };
}

/** The specification that belongs to a design. */
export function specificationOf(design: Design): ScoredDesign['specification'] {
  const common = { wordBits: 16, storedBits: {}, doubleBuffered: false, mustKeep: [] };
  const all = ['Weights', 'Inputs', 'Outputs'] as const;
  const multicast = { Weights: true, Inputs: true, Outputs: true };
  return {
    name: 'candidate',
    source: 'made up',
    technology: 'cacti-65nm',
    clockHz: 200e6,
    countLeakage: false,
    levels: [
      {
        ...common,
        name: 'DRAM',
        role: 'dram',
        capacity: { kind: 'unlimited' },
        blockWords: 4,
        bandwidth: { shared: { unit: 'B/s', value: 480e6 } },
        mayKeep: all,
        fanOut: { dimensions: [], multicast },
      },
      {
        ...common,
        name: 'GlobalBuffer',
        role: 'buffer',
        capacity: { kind: 'shared', bits: design.l2Bytes * 8 },
        blockWords: 4,
        bandwidth: { shared: { unit: 'words/cycle', value: design.bufferWordsPerCycle ?? 13 } },
        mayKeep: all,
        fanOut: { dimensions: design.axes, multicast },
      },
      {
        ...common,
        name: 'RegisterFile',
        role: 'register-file',
        capacity: { kind: 'shared', bits: design.l1BytesPerPe * 8 },
        blockWords: 1,
        bandwidth: {},
        mayKeep: all,
        fanOut: { dimensions: [], multicast },
      },
    ],
    mac: { weightBits: 16, inputBits: 16, accumulatorBits: 16 },
  };
}

/** Layers with the figures of a residual network. */
export function syntheticLayers(random: Random, network: string, count: number): LayerSummary[] {
  return Array.from({ length: count }, (_, i) => {
    const macs = Math.round(1.2e8 * (0.4 + random.nextUnit()));
    const macPj = macs * 0.9;
    const levels = [
      { name: 'MAC', energyPj: macPj },
      { name: 'DRAM', energyPj: macPj * (0.5 + 2 * random.nextUnit()) },
      { name: 'GlobalBuffer', energyPj: macPj * (0.3 + random.nextUnit()) },
      { name: 'RegisterFile', energyPj: macPj * (1 + random.nextUnit()) },
    ];
    const energyPj = levels.reduce((sum, level) => sum + level.energyPj, 0);
    const utilization = 0.3 + 0.7 * random.nextUnit();
    const bound = random.nextUnit();
    return {
      network,
      name: i === 0 ? 'conv1' : `conv${2 + Math.floor(i / 6)}_${1 + (i % 6)}/${['a', 'b', 'c'][i % 3]}`,
      repeat: 1 + random.nextInt(4),
      macs,
      cycles: Math.round(macs / 160 / utilization),
      energyPj,
      utilization,
      energyByLevelPj: levels,
      energyByTensorPj: { Weights: 0.3 * energyPj, Inputs: 0.3 * energyPj, Outputs: 0.4 * energyPj },
      bottleneck: bound < 0.6 ? 'compute' : bound < 0.85 ? 'DRAM' : 'GlobalBuffer',
      bottleneckGain: bound < 0.6 ? 1 : 1 + random.nextUnit(),
      macsPerDramByte: 20 + 60 * random.nextUnit(),
      optimal: random.nextUnit() < 0.9,
      loopNest: LOOP_NEST,
    };
  });
}

const LOOP_NEST = `DRAM [keeps Weights, Inputs, Outputs]
  for k in 0..4
    for c in 0..2
      GlobalBuffer [keeps Inputs, Outputs]
        for p in 0..7
          for q in 0..28
            parallel for k in 0..14 on X
              parallel for c in 0..12 on Y
                RegisterFile [keeps Weights, Inputs, Outputs]
                  for c in 0..4
                    for r in 0..3
                      for s in 0..3
                        multiply-accumulate`;
