import type { Accelerator } from '../../accelerator/accelerator.ts';
import { storedWordBits } from '../../mapping/legality.ts';
import { repeatedSum } from '../../util/network-totals.ts';
import { TENSORS } from '../../util/vocabulary.ts';
import { operatorCounts, type VectorDemand } from '../../workload/graph/fusion.ts';
import { networkDemands, type ShownNetwork } from '../../workload/graph/network-demands.ts';
import type { LayerShape, Network } from '../../workload/network.ts';
import type { Evaluation } from '../evaluation.ts';
import { timeNeeds } from './time-needs.ts';

/** Figures in physical units that follow from energy, cycles and the clock. */
export interface PhysicalFigures {
  readonly seconds: number;
  readonly energyJoule: number;
  readonly watts: number;
  /** One MAC = two operations. */
  readonly topsPerWatt: number;
  readonly gmacsPerSecond: number;
}

/** Position of a mapping under the roofline of one level. */
export interface RooflineLevel {
  readonly level: string;
  /** MACs per byte that crosses the level's ports (all instances); null when nothing does. */
  readonly macsPerByte: number | null;
  /** Cycles that the level alone needs; null when its bandwidth is unlimited and nothing else of it takes longer than compute. */
  readonly cycles: number | null;
  /** cycles / compute cycles: above 1 the level slows the array down by that factor. */
  readonly slowdown: number;
}

/** What a mapping's cycles are bound by. */
export interface Bottleneck {
  /** `compute`, or a level's name for its ports, or what else of it binds: `launch of DRAM`, `fill of the array below Buffer`, `no overlap at DRAM`. */
  readonly name: string;
  /** Total cycles over the cycles without this bottleneck (the next that binds); 1 = nothing to gain. */
  readonly gainIfRemoved: number;
  readonly levels: readonly RooflineLevel[];
}

/** Seconds, watts and TOPS/W of `macs` operations. */
export function physicalFigures(macs: number, energyPj: number, cycles: number, clockHz: number): PhysicalFigures {
  const seconds = cycles / clockHz;
  const energyJoule = energyPj * 1e-12;
  return {
    seconds,
    energyJoule,
    watts: energyJoule / seconds,
    topsPerWatt: (2 * macs) / energyJoule / 1e12,
    gmacsPerSecond: macs / seconds / 1e9,
  };
}

/** What binds the cycles of an evaluation and by how much, with the arithmetic intensity at every level. */
export function bottleneckOf(layer: LayerShape, accelerator: Accelerator, evaluation: Evaluation): Bottleneck {
  const levels = evaluation.levels.map((cost, index): RooflineLevel => {
    const level = accelerator.levels[index]!;
    const bits = TENSORS.reduce((sum, tensor) => {
      const { reads, fills, updates } = cost.tensors[tensor];
      return sum + (reads + fills + updates) * storedWordBits(level, layer, tensor);
    }, 0);
    const limited = Object.values(level.bandwidth).some((rate) => rate !== undefined);
    return {
      level: level.name,
      macsPerByte: bits === 0 ? null : evaluation.macs / (bits / 8),
      cycles: limited || cost.cycles > evaluation.computeCycles ? cost.cycles : null,
      slowdown: cost.cycles / evaluation.computeCycles,
    };
  });
  const binding = timeNeeds(accelerator, evaluation).find(({ cycles }) => cycles === evaluation.cycles)!;
  return { name: binding.name, gainIfRemoved: evaluation.cycles / binding.without, levels };
}

/** Limits of the model as sentences. */
const MODEL_LIMITS: readonly string[] = [
  'every layer reads its inputs from and writes its outputs to the outermost level: activations do not stay on chip between layers',
  'no stalls: compute and all transfers overlap perfectly, without ramp-up, refresh, page or bank conflicts',
  'multiply-accumulates on zero padding are executed and read their operand at the innermost level; no level above moves padding',
  'dense data: no zero gating, no compression',
  'reads of finished outputs on their way out are not charged (as in Timeloop)',
];

/** What of a network figures may leave out. */
type NamedNetwork = ShownNetwork & Pick<Network, 'name'>;

/**
 * What the figures of networks on an accelerator leave out: the limits of the model, leakage that is stated but not counted, and operators that are no
 * layers.
 */
export function notModelled(
  { levels, vectorUnit }: Pick<Accelerator, 'levels' | 'vectorUnit'>,
  networks: readonly NamedNetwork[],
): readonly string[] {
  const uncounted = levels.flatMap(({ name, uncountedLeakageMw }) =>
    uncountedLeakageMw === undefined ? [] : [`${name} ${uncountedLeakageMw} mW`],
  );
  return [
    ...MODEL_LIMITS,
    ...(uncounted.length === 0
      ? []
      : [`leakage, though it is stated (${uncounted.join(', ')}): countLeakage: true counts it`]),
    ...networks.flatMap((network) => vectorLimit(network, vectorUnit !== undefined)),
    ...(vectorUnit === undefined ? [] : hopLimit(levels.slice(0, vectorUnit.level), networks)),
  ];
}

/** Words of vector operators take no hops in the model, which are charged where words of layers take them. */
function hopLimit(outside: Accelerator['levels'], networks: readonly ShownNetwork[]): string[] {
  const passed = outside.filter(({ fanOut }) => fanOut.hopEnergyPj > 0);
  const isMoving = networks.some((network) =>
    networkDemands(network).own.some(({ wordsIn, wordsOut }) => wordsIn + wordsOut > 0),
  );
  return passed.length === 0 || !isMoving
    ? []
    : [`hops of words to and from the vector unit below ${passed.map(({ name }) => name).join(' and ')}`];
}

function vectorLimit(network: NamedNetwork, isPriced: boolean): string[] {
  const { name, graph, layers } = network;
  if (graph === undefined)
    return layers.length === 1
      ? []
      : [`operators of ${name} that are no layers, if it has any: these figures are of layers alone`];
  const { own, others, layerCount } = networkDemands(network);
  const isPart = layers.length < layerCount;
  const unknown = (graph.uncounted ?? []).map(
    ({ name: operator, count, words, reason }) =>
      `${count} ${operator} of ${name}${words === null ? '' : ` (${words.toLocaleString('en-US')} words)`}: ${reason}`,
  );
  const which = isPart ? 'fused into the layers shown' : 'no layers';
  const priced = isPriced
    ? `overlap of the vector operators of ${name} with its layers: they run after them, one after the other`
    : `operators of ${name} that are ${which} (${demandText(own)}): not priced, as the accelerator states no vectorUnit`;
  const left = `operators of ${name} that are neither layers nor fused into those shown, ${layers.length} of ${layerCount} (${demandText(others)}): not counted, as they belong to none of these`;
  return [...unknown, ...(own.some(isAny) ? [priced] : []), ...(others.some(isAny) ? [left] : [])];
}

/** Whether an operator costs anything anywhere. */
function isAny({ wordsIn, wordsOut, work }: VectorDemand): boolean {
  return wordsIn + wordsOut + work.simple + work.special > 0;
}

function demandText(all: readonly VectorDemand[]): string {
  const demands = all.filter(isAny);
  const kinds = [...operatorCounts(demands)].map(([kind, count]) => `${count} ${kind}`).join(', ');
  const words = repeatedSum(demands, ({ wordsIn, wordsOut }) => wordsIn + wordsOut);
  return `${kinds}; they move ${words.toLocaleString('en-US')} words`;
}
