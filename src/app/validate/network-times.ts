import type { Accelerator } from '../../accelerator/accelerator.ts';
import { pinnedBits } from '../../schedule/plan.ts';
import { innerStorages } from '../../schedule/summary-figures.ts';
import { exactSettings } from '../../search/mapping/map-layer.ts';
import { TrifoldError } from '../../util/errors.ts';
import { distinctShapes } from '../../workload/distinct-layers.ts';
import type { Network } from '../../workload/network.ts';
import { schedulable, scheduleSpace } from '../layers/between-layers.ts';
import { namedGoal } from '../layers/goal.ts';
import type { LayerPool } from '../layers/layer-pool.ts';
import { workError, workPerShape } from '../layers/layer-work.ts';
import { mappedNetwork } from '../layers/map-network.ts';
import { scheduleSteps } from '../layers/schedule-answer.ts';
import { runSteps } from '../layers/steps.ts';
import { loadAccelerator, loadWorkload } from '../presets/load.ts';
import { type Compared, compared } from './compared.ts';

/** What of a network stays on chip in its schedule. */
export interface OnChip {
  /** Whether no schedule is faster. */
  readonly isProven: boolean;
  readonly levelName: string;
  /** Activations between operators, and how many of them stay. */
  readonly activations: number;
  readonly retained: number;
  /** Of parameters that stay between runs, and of all parameters. */
  readonly pinnedBits: number;
  readonly parameterBits: number;
  /** Words that pass the outermost level in a run, and those of them that no schedule with these pins avoids. */
  readonly outermostWords: number;
  readonly compulsoryWords: number;
}

/** A published speed of a whole network beside the model's: of the mapping of least latency of every layer, or of the schedule of least latency. */
export interface NetworkSpeed {
  readonly accelerator: string;
  readonly workload: string;
  /** Share of the MACs that the model keeps busy. */
  readonly utilization: number;
  /** Layers, or steps that the search of schedules asked for; and how many of them have the proven best mapping. */
  readonly layers: number;
  readonly proven: number;
  /** Null where every layer begins and ends in the outermost level. */
  readonly onChip: OnChip | null;
}

/** A published frame rate. */
export interface FrameRate extends NetworkSpeed {
  readonly framesPerSecond: Compared;
}

/** A published time of one image. */
export interface ImageTime extends NetworkSpeed {
  readonly milliseconds: Compared;
}

/** What is loaded and mapped for {@link NetworkSpeed}. */
export interface SpeedContext {
  readonly pool: LayerPool;
  /** Bits of the weights and activations of all networks; absent: those that their files state. */
  readonly wordBits?: number | undefined;
  /** Whether activations and parameters may stay on chip between layers. */
  readonly betweenLayers: 'off' | 'retain';
  /** Told of every accelerator and network that is compared, and of the level in which activations stay (null: none do). */
  readonly onCompared: (accelerator: Accelerator, network: Network, retained: string | null) => void;
}

/** Compares published frame rates. @throws TrifoldError `infeasible` when a layer has no mapping */
export async function compareFrameRates(
  published: readonly { readonly accelerator: string; readonly workload: string; readonly framesPerSecond: number }[],
  context: SpeedContext,
): Promise<readonly FrameRate[]> {
  const rates: FrameRate[] = [];
  for (const { framesPerSecond, ...what } of published) {
    const { seconds, ...speed } = await networkSpeed(what, context);
    rates.push({ ...speed, framesPerSecond: compared(framesPerSecond, 1 / seconds) });
  }
  return rates;
}

/** Compares published times of one image. @throws TrifoldError `infeasible` when a layer has no mapping */
export async function compareImageTimes(
  published: readonly { readonly accelerator: string; readonly workload: string; readonly milliseconds: number }[],
  context: SpeedContext,
): Promise<readonly ImageTime[]> {
  const times: ImageTime[] = [];
  for (const { milliseconds, ...what } of published) {
    const { seconds, ...speed } = await networkSpeed(what, context);
    times.push({ ...speed, milliseconds: compared(milliseconds, seconds * 1000) });
  }
  return times;
}

/** Partial mappings per layer, which prove all of these networks. Imperfect factors make them faster by less than 1 % and take five times as long. */
const NODES = 100_000;

/** What is found of a network, without its names. */
type FoundSpeed = Omit<NetworkSpeed, 'accelerator' | 'workload'> & { readonly seconds: number };

async function networkSpeed(
  { accelerator: preset, workload }: { readonly accelerator: string; readonly workload: string },
  { pool, wordBits, betweenLayers, onCompared }: SpeedContext,
): Promise<NetworkSpeed & { readonly seconds: number }> {
  const accelerator = loadAccelerator(preset);
  const { network: stated } = loadWorkload(workload);
  const network = wordBits === undefined ? stated : withWordBits(stated, wordBits);
  const speed = await (betweenLayers === 'off' ? layerByLayer : retaining)(network, accelerator, pool);
  onCompared(accelerator, network, speed.onChip?.levelName ?? null);
  return { accelerator: preset, workload, ...speed };
}

async function layerByLayer(network: Network, accelerator: Accelerator, pool: LayerPool): Promise<FoundSpeed> {
  const distinct = distinctShapes(network);
  const settings = exactSettings({ factors: 'perfect', nodeLimit: NODES });
  const results = await pool.map(
    workPerShape(distinct.shapes, { accelerator, goal: namedGoal('latency'), settings }),
    (result) => {
      if (result.kind === 'failed') throw workError(result);
    },
  );
  const mapped = results.flatMap((result) => (result.kind === 'mapped' ? result.layers : []));
  const { report, proofs } = mappedNetwork(network, accelerator, distinct, mapped);
  const { utilization, physical } = report.totals;
  const proven = proofs.filter(({ optimal }) => optimal).length;
  return { utilization, layers: proofs.length, proven, onChip: null, seconds: physical.seconds };
}

/** With the homes of activations and the pinned parameters of least latency. */
async function retaining(network: Network, accelerator: Accelerator, pool: LayerPool): Promise<FoundSpeed> {
  const asked = { network, accelerator, goal: namedGoal('latency'), settings: exactSettings({ factors: 'perfect' }) };
  const possible = schedulable(asked);
  if ('reason' in possible) throw unscheduled(asked, possible.reason);
  const space = scheduleSpace({ mode: 'retain', pins: true });
  const answer = await runSteps(scheduleSteps({ ...asked, ...possible, space, islandWords: null }), pool);
  if (answer.kind === 'unscheduled') throw unscheduled(asked, answer.reason);
  const { report, summary, optimum } = answer;
  const { sequence, retention } = possible;
  const { asked: layers, proven } = optimum.certificate.labels;
  const { utilization, physical } = report.totals;
  const activations = innerStorages(summary.storages);
  return {
    ...{ utilization, layers, proven, seconds: physical.seconds },
    onChip: {
      isProven: optimum.optimal,
      levelName: summary.levelName,
      activations: activations.length,
      retained: activations.filter(({ home }) => home === 'retained').length,
      pinnedBits: summary.pinnedBits,
      parameterBits: sequence.operators.reduce((sum, _, i) => sum + pinnedBits(sequence, retention, i), 0),
      outermostWords: summary.dramWords.spent,
      compulsoryWords: summary.dramWords.compulsory,
    },
  };
}

function unscheduled(
  { network, accelerator }: { readonly network: Network; readonly accelerator: Accelerator },
  reason: string,
): TrifoldError {
  return new TrifoldError('infeasible', `${network.name} on ${accelerator.name}: ${reason}`);
}

/** A network with weights and activations of another width; partial sums keep theirs. */
function withWordBits(network: Network, bits: number): Network {
  const { layers, graph } = network;
  return {
    ...network,
    layers: layers.map((layer) => ({ ...layer, wordBits: { ...layer.wordBits, Weights: bits, Inputs: bits } })),
    ...(graph && { graph: { ...graph, tensors: graph.tensors.map((tensor) => ({ ...tensor, wordBits: bits })) } }),
  };
}
