import { z } from 'zod';
import { scoredDesign, specification } from './objects.ts';
import {
  accuracyPoint,
  count,
  design,
  figure,
  figuresOfNetworks,
  foundNetwork,
  frontPoint,
  networkFigures,
  number,
  perTensor,
  positive,
  searchCounters,
  size,
  text,
  trial,
} from './parts.ts';
import { networkSchedule } from './schedule.ts';

const layer = z.object({
  network: text,
  name: text,
  repeat: size,
  macs: figure,
  cycles: figure,
  energyPj: figure,
  utilization: figure,
  energyByLevelPj: z.array(z.object({ name: text, energyPj: figure })),
  energyByTensorPj: perTensor(figure),
  wiresPj: figure.optional(),
  leakagePj: figure.optional(),
  movesPj: figure.optional(),
  cyclesByTerm: z.array(z.object({ name: text, cycles: figure })).optional(),
  bottleneck: text,
  bottleneckGain: figure,
  macsPerDramByte: figure,
  optimal: z.boolean(),
  loopNest: text,
  isVector: z.literal(true).optional(),
});

const started = z.object({
  kind: z.literal('started'),
  command: z.enum(['map', 'design', 'cosearch']),
  name: text,
  seed: number,
  networks: z.array(
    z.object({
      name: text,
      layers: count,
      macs: figure,
      parameters: figure,
      others: z.array(text).optional(),
    }),
  ),
  accelerator: text.optional(),
  specification: specification.optional(),
  areaMm2: figure.optional(),
  space: z
    .object({ name: text, title: text, size: figure, accuracySource: text, floorPercent: number.nullable() })
    .optional(),
  budget: z
    .object({
      name: text,
      processingElements: figure,
      onChipBits: figure,
      dramBytesPerSecond: figure.optional(),
      bufferBytesPerCycle: figure.optional(),
      areaMm2: figure.optional(),
      powerMw: figure.optional(),
    })
    .optional(),
  technology: text.optional(),
  strategy: text,
  objective: text,
  generations: count.optional(),
  populationSize: count.optional(),
});

/** Figures of a baseline. */
export const baseline = z.object({
  kind: z.literal('baseline'),
  which: z.enum(['published', 'optimal']),
  accelerator: text,
  dataflow: text.nullable(),
  networks: z.array(networkFigures.extend({ edpPjCycles: positive })).min(1),
  areaMm2: figure,
  isFinal: z.boolean().optional(),
});

const trialRecord = z.object({
  trial,
  generation: count,
  design,
  outcome: z.enum(['scored', 'stopped', 'unmappable']),
  score: figure.optional(),
  bound: figure,
  cutoff: figure.optional(),
  networks: figuresOfNetworks.optional(),
  areaMm2: figure,
  reason: text.optional(),
  network: foundNetwork.optional(),
});

const generation = z.object({
  kind: z.literal('generation'),
  generation: count,
  trials: z.array(trialRecord),
  best: scoredDesign.nullable(),
  improved: z.boolean(),
  frontSize: count,
  accuracyFront: z.array(accuracyPoint).optional(),
  counters: searchCounters,
});

/** Figures of baselines with every network as a whole. */
export const wholeBaselines = z.object({ published: figuresOfNetworks.nullable(), optimal: figuresOfNetworks });

/** An event of a run: a line of its journal. */
export const runEvent = z.discriminatedUnion('kind', [
  started,
  baseline,
  generation,
  z.object({ kind: z.literal('layer'), index: count, count, layer }),
  z.object({
    kind: z.literal('best-layers'),
    trial,
    layers: z.array(layer),
    whole: z.object({ networks: figuresOfNetworks, baselines: wholeBaselines }).optional(),
  }),
  z.object({ kind: z.literal('found'), best: scoredDesign, accuracyFront: z.array(accuracyPoint) }),
  z.object({
    kind: z.literal('progress'),
    elapsedSeconds: figure,
    done: count,
    total: count.nullable(),
    mappingsPerSecond: number,
    remainingSeconds: number.nullable(),
    workers: count,
    step: z.object({ text, done: figure, total: figure }).optional(),
  }),
  z.object({ kind: z.literal('note'), level: z.enum(['info', 'warning']), text }),
  z.object({ kind: z.literal('paused'), paused: z.boolean() }),
  z.object({
    kind: z.literal('correlation'),
    title: text,
    xLabel: text,
    yLabel: text,
    points: z.array(z.tuple([number, number])),
    kendallTau: number,
    spearmanRho: number,
    notes: z.array(text),
  }),
  z.object({
    kind: z.literal('finished'),
    reason: text,
    design: z
      .object({
        best: scoredDesign,
        improvement: z.object({ published: figure, optimal: figure }),
        layers: z.array(layer),
        front: z.array(frontPoint),
        accuracyFront: z.array(accuracyPoint).optional(),
        counters: searchCounters,
      })
      .nullable(),
    networks: z.array(networkFigures),
    schedules: z.array(networkSchedule).optional(),
    notModelled: z.array(text).optional(),
  }),
]);
