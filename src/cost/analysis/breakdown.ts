import type { Accelerator } from '../../accelerator/accelerator.ts';
import { storedWordBits } from '../../mapping/legality.ts';
import { TENSORS, type TensorName } from '../../util/vocabulary.ts';
import type { LayerShape } from '../../workload/network.ts';
import type { Evaluation, LevelCost, TensorAccesses } from '../evaluation.ts';
import { movedWords } from '../moves.ts';
import { type CycleTerm, type CycleTermKind, cyclesWithout, cycleTerms } from './cycle-terms.ts';

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
  /** Cycles that the level alone needs, its launches and its array included; null where nothing of it takes time. */
  readonly cycles: number | null;
  /** cycles / compute cycles: above 1 the level slows the array down by that factor. */
  readonly slowdown: number;
}

/** What a mapping's cycles are bound by. */
export interface Bottleneck {
  /** Name of the term: `compute`, a level whose transfers bind, `launch of Scratchpad`, ... */
  readonly name: string;
  readonly kind: CycleTermKind;
  /** Total cycles over those without this bottleneck ({@link cyclesWithout}); 1 = nothing to gain. */
  readonly gainIfRemoved: number;
  /** All terms of the maximum. */
  readonly terms: readonly CycleTerm[];
  readonly levels: readonly RooflineLevel[];
}

/** Energy of an evaluation that is of no access of its mapping and no operation, part of its levels'. */
export interface EnergyBesideAccesses {
  readonly wiresPj: number;
  readonly leakagePj: number;
  /** Of words that move beside the mapping; absent where none do. */
  readonly movesPj?: number;
}

/** Energy of the networks below all levels, their leakage, and their moves beside the mapping. */
export function besideAccesses({ levels }: Pick<Evaluation, 'levels'>): EnergyBesideAccesses {
  const sum = (figureOf: (level: LevelCost) => number) => levels.reduce((all, level) => all + figureOf(level), 0);
  return {
    wiresPj: sum(({ networks }) => TENSORS.reduce((all, tensor) => all + networks[tensor].energyPj, 0)),
    leakagePj: sum(({ leakagePj }) => leakagePj),
    ...(levels.some(({ moved }) => moved !== undefined) ? { movesPj: sum(({ moved }) => moved?.energyPj ?? 0) } : {}),
  };
}

/** Energy of a tensor at a level: its accesses, those to its home there, and its way through the network below. */
export function tensorPj({ tensors, networks, home }: LevelCost, tensor: TensorName): number {
  const homePj = tensor === 'Outputs' ? (home?.energyPj ?? 0) : 0;
  return tensors[tensor].energyPj + networks[tensor].energyPj + homePj;
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

/** Which term binds the cycles of an evaluation and by how much, with the arithmetic intensity at every level. */
export function bottleneckOf(layer: LayerShape, accelerator: Accelerator, evaluation: Evaluation): Bottleneck {
  const terms = cycleTerms(accelerator, evaluation);
  const levels = evaluation.levels.map((cost, index): RooflineLevel => {
    const level = accelerator.levels[index]!;
    const bits = TENSORS.reduce(
      (sum, tensor) => sum + wordsOf(cost.tensors[tensor]) * storedWordBits(level, layer, tensor),
      homeBits(layer, cost) + movedBits(layer, accelerator, index),
    );
    return {
      level: level.name,
      macsPerByte: bits === 0 ? null : evaluation.macs / (bits / 8),
      cycles: terms.some((term) => term.level === level.name) ? cost.cycles : null,
      slowdown: cost.cycles / evaluation.computeCycles,
    };
  });
  // Of equal ones the first: compute before what it hides.
  const binding = terms.reduce((slowest, term) => (term.cycles > slowest.cycles ? term : slowest));
  return {
    name: binding.name,
    kind: binding.kind,
    gainIfRemoved: evaluation.cycles / cyclesWithout(accelerator, evaluation, terms, binding),
    terms,
    levels,
  };
}

function wordsOf({ reads, fills, updates }: Pick<TensorAccesses, 'reads' | 'fills' | 'updates'>): number {
  return reads + fills + updates;
}

/** Bits that go to and come from a home of Outputs in a level. */
function homeBits({ residency }: LayerShape, { home }: LevelCost): number {
  return home === undefined || residency === undefined ? 0 : wordsOf(home) * residency.activationBits;
}

/** Bits that move at a level beside the mapping. */
export function movedBits(layer: LayerShape, accelerator: Pick<Accelerator, 'levels'>, index: number): number {
  const moved = movedWords(layer, accelerator, index);
  return moved === null ? 0 : moved.readBits + moved.writtenBits;
}
