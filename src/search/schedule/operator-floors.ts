import type { Accelerator } from '../../accelerator/accelerator.ts';
import { accessEnergyPj } from '../../cost/level-cost.ts';
import { storedWordBits } from '../../mapping/legality.ts';
import { pinnedBits } from '../../schedule/plan.ts';
import type { Retention } from '../../schedule/retention.ts';
import { product } from '../../util/integers.ts';
import { type EnergyAndCycles, NO_COST } from '../../util/network-totals.ts';
import { layerKey } from '../../workload/distinct-layers.ts';
import type { Sequence, SequenceMac } from '../../workload/graph/sequence.ts';
import { NO_MOVES, type Residency } from '../../workload/residency.ts';
import { layerBound } from '../mapping/bounds/layer-bound.ts';
import { type LayerDemand, layerDemand } from '../mapping/bounds/layer-demand.ts';

/** Where an operand is for the steps of an operator, as far as its bound can tell. */
export type Reach = 'retained' | 'fetched' | 'either';

/** Where the activations of an operator are. */
export interface ActivationReach {
  readonly inputs: Reach;
  /** Of a second operand that is an activation. */
  readonly second: Reach;
  /** drained: the tile stays, and its words go to the outermost level beside. */
  readonly output: 'retained' | 'drained' | 'outermost' | 'either';
}

/** What an operator costs at least over all its steps. */
export interface OperatorFloor {
  /** With its parameters pinned; where it has none, or they cannot be, the same as below. */
  readonly pinned: EnergyAndCycles;
  /** With its parameters streamed or held: they pass the outermost level once at least. */
  readonly fetched: EnergyAndCycles;
}

/** Parameters of an operator of which it is open whether they are pinned, held or streamed. */
export interface OpenParameters {
  /** Bits that they take when they are pinned; infinite where they cannot be. */
  readonly bits: number;
  /** To read them once from the outermost level. */
  readonly fetchPj: number;
}

/** What floors are made from. */
export interface FloorSource {
  readonly sequence: Sequence;
  readonly accelerator: Accelerator;
  readonly retention: Retention;
  /** Whether parameters may be pinned. */
  readonly pins: boolean;
  /** By operator: what no mapping changes, at least. */
  readonly extras: (operator: number) => EnergyAndCycles;
}

/**
 * Bounds of operators on whatever tiles, by where their operands are. Every word is made at least once; ragged tiles reach the bounds of imperfect factors; an
 * operand from the outermost level passes it once at least, in the steps of its first user; and what a vector operator moves and computes only grows with the
 * number of its tiles.
 */
export class OperatorFloors {
  readonly #source: FloorSource;
  readonly #known = new Map<string, OperatorFloor>();
  readonly #parameters: (OpenParameters | null | undefined)[] = [];
  /** Of equal layers, with the bits of an activation of their outputs. */
  readonly #layers = new Map<string, KnownLayer>();
  readonly #layerOf: (KnownLayer | undefined)[] = [];

  constructor(source: FloorSource) {
    this.#source = source;
  }

  #knownLayer(operator: number, { shape, output }: SequenceMac): KnownLayer {
    const before = this.#layerOf[operator];
    if (before !== undefined) return before;
    const { retention, sequence } = this.#source;
    const activationBits = retention.activationBits(sequence.tensors[output]!.wordBits);
    const key = `${layerKey(shape)};${activationBits}`;
    const known = this.#layers.get(key) ?? { demand: layerDemand(shape), activationBits, bounds: new Map() };
    this.#layers.set(key, known);
    this.#layerOf[operator] = known;
    return known;
  }

  /** The floor of an operator. */
  of(operator: number, reach: ActivationReach): OperatorFloor {
    const one = this.#source.sequence.operators[operator]!;
    if (one.kind !== 'mac') {
      const extras = one.kind === 'view' ? NO_COST : this.#source.extras(operator);
      return { pinned: extras, fetched: extras };
    }
    const key = `${operator},${reach.inputs},${reach.second},${reach.output}`;
    const before = this.#known.get(key);
    if (before !== undefined) return before;
    const floor = this.#layerFloor(operator, one, reach);
    this.#known.set(key, floor);
    return floor;
  }

  /** The parameters of an operator; null where it has none. */
  parametersOf(operator: number): OpenParameters | null {
    const before = this.#parameters[operator];
    if (before !== undefined) return before;
    const { sequence, accelerator, retention, pins } = this.#source;
    const one = sequence.operators[operator]!;
    let own: OpenParameters | null = null;
    if (one.kind === 'mac' && one.second.kind === 'parameters') {
      const dram = accelerator.levels[0]!;
      const bits = pinnedBits(sequence, retention, operator);
      const canPin = pins && retention.keepsWeights && bits <= (retention.capacityBits ?? Number.POSITIVE_INFINITY);
      const width = Math.min(storedWordBits(dram, one.shape, 'Weights'), retention.parameterBits(one.second.wordBits));
      const { touchedWords } = this.#knownLayer(operator, one).demand;
      own = {
        bits: canPin ? bits : Number.POSITIVE_INFINITY,
        fetchPj: accessEnergyPj(dram, dram.energy.readPj, touchedWords.Weights, 1, width),
      };
    }
    this.#parameters[operator] = own;
    return own;
  }

  #layerFloor(operator: number, one: SequenceMac, { inputs, second, output }: ActivationReach): OperatorFloor {
    const extras = this.#source.extras(operator);
    const weigh = (weights: Reach) => plus(this.#leastOver(operator, one, weights, inputs, output), extras);
    const parameters = this.parametersOf(operator);
    if (parameters === null) {
      const own = weigh(this.#reachOf(one, 'Weights', second));
      return { pinned: own, fetched: own };
    }
    const fetched = weigh(this.#reachOf(one, 'Weights', 'fetched'));
    return { pinned: parameters.bits === Number.POSITIVE_INFINITY ? fetched : weigh('retained'), fetched };
  }

  #leastOver(
    operator: number,
    one: SequenceMac,
    weights: Reach,
    inputs: Reach,
    output: ActivationReach['output'],
  ): EnergyAndCycles {
    const layer = this.#knownLayer(operator, one);
    let energyPj = Number.POSITIVE_INFINITY;
    let cycles = Number.POSITIVE_INFINITY;
    for (const isPinned of choicesOf(weights))
      for (const isRetained of choicesOf(this.#reachOf(one, 'Inputs', inputs)))
        for (const outputs of output === 'retained' ? ['in-place' as const] : (['outermost', 'in-place'] as const)) {
          if (output === 'outermost' && outputs === 'in-place') continue;
          const bound = this.#boundOf(layer, { weights: isPinned, inputs: isRetained, outputs });
          energyPj = Math.min(
            energyPj,
            bound.energyPj + (output === 'drained' && outputs === 'in-place' ? this.#drainPj(one) : 0),
          );
          cycles = Math.min(cycles, bound.cycles);
        }
    return { energyPj, cycles };
  }

  #boundOf({ demand, activationBits, bounds }: KnownLayer, homes: Pick<Residency, 'weights' | 'inputs' | 'outputs'>) {
    const { accelerator, retention } = this.#source;
    const key = `${homes.weights},${homes.inputs},${homes.outputs}`;
    const before = bounds.get(key);
    if (before !== undefined) return before;
    const residency = { ...homes, level: retention.level, activationBits, roomBits: null, moves: NO_MOVES };
    const bound = layerBound({ ...demand, layer: { ...demand.layer, residency } }, accelerator, 'imperfect');
    bounds.set(key, bound);
    return bound;
  }

  /**
   * What is known of how an operand comes: held words pass the outermost level in the width of the retention level, so that where this is narrower than theirs
   * they may cost less than streamed ones.
   */
  #reachOf({ shape, inputs, second }: SequenceMac, operand: 'Weights' | 'Inputs', reach: Reach): Reach {
    if (reach !== 'fetched') return reach;
    const { accelerator, retention, sequence } = this.#source;
    const bitsOf = (tensor: number) => retention.activationBits(sequence.tensors[tensor]!.wordBits);
    const ofSecond = second.kind === 'parameters' ? retention.parameterBits(second.wordBits) : bitsOf(second.tensor);
    const held = operand === 'Inputs' ? bitsOf(inputs[0]!) : ofSecond;
    return held < storedWordBits(accelerator.levels[0]!, shape, operand) ? 'either' : reach;
  }

  /** To write the output of a layer once to the outermost level, in the width of the retention level. */
  #drainPj({ output }: SequenceMac): number {
    const { accelerator, retention, sequence } = this.#source;
    const dram = accelerator.levels[0]!;
    const { sizes, wordBits } = sequence.tensors[output]!;
    const bits = retention.activationBits(wordBits);
    return accessEnergyPj(dram, dram.energy.updatePj, product(sizes), 1, bits);
  }
}

/** What is known of equal layers. */
interface KnownLayer {
  readonly demand: LayerDemand;
  readonly activationBits: number;
  /** By homes of the operands. */
  readonly bounds: Map<string, EnergyAndCycles>;
}

function choicesOf(reach: Reach): readonly boolean[] {
  if (reach === 'either') return [true, false];
  return [reach === 'retained'];
}

function plus(a: EnergyAndCycles, b: EnergyAndCycles): EnergyAndCycles {
  return { energyPj: a.energyPj + b.energyPj, cycles: a.cycles + b.cycles };
}
