import type { Accelerator } from '../../accelerator/accelerator.ts';
import { storedWordBits } from '../../mapping/legality.ts';
import { TENSORS } from '../../util/vocabulary.ts';
import type { LayerShape } from '../../workload/network.ts';
import type { Evaluation } from '../evaluation.ts';

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
  /** Cycles that the level alone needs; null when its bandwidth is unlimited. */
  readonly cycles: number | null;
  /** cycles / compute cycles: above 1 the level slows the array down by that factor. */
  readonly slowdown: number;
}

/** The level (or compute) that a mapping's cycles are bound by. */
export interface Bottleneck {
  /** Name of the level, or `compute`. */
  readonly name: string;
  /** Total cycles over the cycles without this bottleneck (next binding level or compute); 1 = nothing to gain. */
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

/** Which level binds the cycles of an evaluation and by how much, with the arithmetic intensity at every level. */
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
      cycles: limited ? cost.cycles : null,
      slowdown: cost.cycles / evaluation.computeCycles,
    };
  });
  const needs = [
    { name: 'compute', cycles: evaluation.computeCycles },
    ...evaluation.levels.map((level) => ({ name: level.name, cycles: level.cycles })),
  ].sort((a, b) => b.cycles - a.cycles);
  const slowest = evaluation.cycles === evaluation.computeCycles ? 'compute' : needs[0]!.name;
  const ideal = evaluation.macs / accelerator.mac.instances;
  const without = slowest === 'compute' ? ideal : needs[1]!.cycles;
  return { name: slowest, gainIfRemoved: evaluation.cycles / without, levels };
}
