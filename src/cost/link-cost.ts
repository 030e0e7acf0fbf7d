import type { Accelerator } from '../accelerator/accelerator.ts';
import { product } from '../util/integers.ts';
import { type EnergyAndCycles, NO_COST } from '../util/network-totals.ts';
import type { VectorLoad } from '../workload/graph/fusion.ts';
import { layerNames, type ShownNetwork } from '../workload/graph/network-demands.ts';
import { tensorWords } from '../workload/problem.ts';
import type { ReadWords } from '../workload/read-words.ts';
import { portCycles } from './level-cost.ts';
import { networkVectorLoads, vectorCost } from './vector-cost.ts';

/** Bits (or words) of a network that a host has. */
export interface HostBits {
  /** Weights of all layers, repeats counted; not the second operands of products of two activations. */
  readonly weights: number;
  /** What the network reads and what it gives out; 0 where only layers are known. */
  readonly inputs: number;
  readonly outputs: number;
}

/** What a host holds of a network, in words and in bits. */
export interface HostLoad {
  readonly bits: HostBits;
  readonly words: HostBits;
}

/** What goes over a link between two runs of a network, and what that costs. */
export interface LinkCost extends EnergyAndCycles {
  /** Weights that do not stay, inputs and outputs. */
  readonly bits: HostBits;
  /** By level, outermost first: what it leaks meanwhile. */
  readonly levelsPj: readonly number[];
  /** Of the link alone. */
  readonly linkPj: number;
}

/** The parts of an accelerator that what is no layer is priced with. */
export type BesideAccelerator = Pick<Accelerator, 'levels' | 'vectorUnit' | 'link' | 'clockHz'>;

/** What a network costs beside its layers follows from these: for searches that price them many times. */
export interface BesideLoads {
  /** Of its operators that are no layers, equal ones merged. */
  readonly vector: readonly VectorLoad[];
  readonly host: HostLoad;
}

const NO_BITS: HostBits = { weights: 0, inputs: 0, outputs: 0 };
const NO_LOAD: HostLoad = { bits: NO_BITS, words: NO_BITS };

/** Whether a network stands without some of its layers, so that nobody knows what of it stays on an accelerator. */
export function isPart({ graph, layers }: ShownNetwork): boolean {
  return graph !== undefined && layers.length < layerNames(graph).size;
}

/** What a host holds of a network; nothing of a part of one. */
export function hostLoad(network: ShownNetwork): HostLoad {
  if (isPart(network)) return NO_LOAD;
  const { graph, layers } = network;
  const weights = layers
    .filter(({ parameters }) => parameters !== 0)
    .map(({ problem, wordBits, repeat }) => ({
      words: repeat * tensorWords(problem, 'Weights'),
      wordBits: wordBits.Weights,
    }));
  const flowing = (tensors: readonly number[] = []) =>
    tensors.map((tensor) => {
      const { sizes, wordBits } = graph!.tensors[tensor]!;
      return { words: product(sizes), wordBits };
    });
  const held = { weights, inputs: flowing(graph?.inputs), outputs: flowing(graph?.outputs) };
  return { bits: summed(held, ({ wordBits }) => wordBits), words: summed(held, () => 1) };
}

/** Sums of words, each counting as its width says. */
function summed(held: Record<keyof HostBits, ReadWords[]>, ofWord: (one: ReadWords) => number): HostBits {
  const sum = (all: readonly ReadWords[]) => all.reduce((bits, one) => bits + one.words * ofWord(one), 0);
  return { weights: sum(held.weights), inputs: sum(held.inputs), outputs: sum(held.outputs) };
}

/**
 * What moves over a link for one run of a network: after one another with its layers, while all levels leak. Null without a link.
 * Words are as wide as the outermost level stores them; where it states no width, as in the network.
 */
export function linkCost(
  { bits: own, words }: HostLoad,
  { levels, link, clockHz }: Omit<BesideAccelerator, 'vectorUnit'>,
): LinkCost | null {
  if (link === undefined) return null;
  const stored = levels[0]!.storedBits;
  const wide = (key: keyof HostBits, width: number | undefined) =>
    width === undefined ? own[key] : words[key] * width;
  const bits = {
    weights: Math.max(0, wide('weights', stored.Weights) - link.residentBits),
    inputs: wide('inputs', stored.Inputs),
    outputs: wide('outputs', stored.Outputs),
  };
  const moved = bits.weights + bits.inputs + bits.outputs;
  const cycles = portCycles(moved, (8 * link.bytesPerSecond) / clockHz, 1);
  const linkPj = moved * link.pjPerBit;
  const levelsPj = levels.map(({ leakagePjPerCycle, instances }) => leakagePjPerCycle * instances * cycles);
  return { bits, cycles, linkPj, levelsPj, energyPj: levelsPj.reduce((sum, pj) => sum + pj, linkPj) };
}

/** Whether layers are all that an accelerator prices of a network, so that its graph need not be built. */
export function needsLayersOnly({ vectorUnit, link }: BesideAccelerator): boolean {
  return vectorUnit === undefined && link === undefined;
}

/** {@link BesideLoads} of a network. */
export function besideLoads(network: ShownNetwork): BesideLoads {
  return { vector: networkVectorLoads(network), host: hostLoad(network) };
}

/** What a network costs beside its layers: its vector operators, and what moves over a link. */
export function besideCost({ vector, host }: BesideLoads, accelerator: BesideAccelerator): EnergyAndCycles {
  const operators = vectorCost(vector, accelerator);
  const link = linkCost(host, accelerator) ?? NO_COST;
  return { energyPj: operators.energyPj + link.energyPj, cycles: operators.cycles + link.cycles };
}
