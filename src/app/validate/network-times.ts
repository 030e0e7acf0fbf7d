import type { Accelerator } from '../../accelerator/accelerator.ts';
import { exactSettings } from '../../search/mapping/map-layer.ts';
import { distinctShapes } from '../../workload/distinct-layers.ts';
import type { Network } from '../../workload/network.ts';
import { namedGoal } from '../layers/goal.ts';
import type { LayerPool } from '../layers/layer-pool.ts';
import { workError, workPerShape } from '../layers/layer-work.ts';
import { mappedNetwork } from '../layers/map-network.ts';
import { loadAccelerator, loadWorkload } from '../presets/load.ts';
import { type Compared, compared } from './compared.ts';

/** A published speed of a whole network beside the model's, every layer with its mapping of least latency. */
export interface NetworkSpeed {
  readonly accelerator: string;
  readonly workload: string;
  /** Share of the MACs that the model keeps busy. */
  readonly utilization: number;
  /** Layers, and how many of them have the proven best mapping. */
  readonly layers: number;
  readonly proven: number;
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
  /** Told of every accelerator and network that is compared. */
  readonly onCompared: (accelerator: Accelerator, network: Network) => void;
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

async function networkSpeed(
  { accelerator: preset, workload }: { readonly accelerator: string; readonly workload: string },
  { pool, wordBits, onCompared }: SpeedContext,
): Promise<NetworkSpeed & { readonly seconds: number }> {
  const accelerator = loadAccelerator(preset);
  const { network: stated } = loadWorkload(workload);
  const network = wordBits === undefined ? stated : withWordBits(stated, wordBits);
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
  onCompared(accelerator, network);
  return {
    accelerator: preset,
    workload,
    utilization: report.totals.utilization,
    layers: proofs.length,
    proven: proofs.filter(({ optimal }) => optimal).length,
    seconds: report.totals.physical.seconds,
  };
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
