import type { Accelerator, StorageLevel } from '../../accelerator/accelerator.ts';
import { storedWordBits } from '../../mapping/legality.ts';
import type { MacStep } from '../../schedule/step-kind.ts';
import type { TensorName } from '../../util/vocabulary.ts';
import type { LayerShape } from '../../workload/network.ts';
import { layerDemand } from '../mapping/bounds/layer-demand.ts';

/** Where the operands of a step are: which of them lie in the retention level. */
export type StepHomes = Pick<MacStep, 'weights' | 'inputs' | 'outputs' | 'activationBits' | 'resumes' | 'moves'>;

/** A step with one operand more in the retention level, in the same room. */
export interface RetainedTwin {
  readonly homes: StepHomes;
  /** What the step costs at least beyond its twin, for a weight of the cycles (null: cycles alone); null: nothing is known. */
  readonly beyond: (lambda: number | null) => number | null;
}

/** What a word costs more, or less, than in the twin: in pJ, and in cycles of a port. */
interface WordCost {
  readonly pj: number;
  readonly cycles: number;
}

/**
 * The twins of a step whose operands do not move beside it. A mapping of a step is one of its twin too: tiles only need less room there. What the outermost level
 * served is dropped, as are fills of the retention level; where this level held no tile of the operand, it serves the same words now, which its port may feel.
 */
export function retainedTwins(
  shape: LayerShape,
  homes: StepHomes,
  accelerator: Accelerator,
  index: number,
): RetainedTwin[] {
  const dram = accelerator.levels[0]!;
  const level = accelerator.levels[index]!;
  // Requests of runs are not proportional to words.
  if (level.requests !== undefined) return [];
  const { touchedWords } = layerDemand(shape);
  const leakagePj = accelerator.levels.reduce((sum, one) => sum + one.leakagePjPerCycle * one.instances, 0);
  const twin = (retained: Partial<StepHomes>, words: number, costs: readonly WordCost[], added: WordCost) => ({
    homes: { ...homes, ...retained },
    beyond: (lambda: number | null): number | null => {
      const value = ({ pj, cycles }: WordCost) => (lambda === null ? cycles : pj + (lambda + leakagePj) * cycles);
      const each = costs.map(value);
      // Of words that come or go again nobody knows how many there are.
      return each.some((one) => one < 0) ? null : words * each[0]! - value(added);
    },
  });
  const operand = (tensor: 'Weights' | 'Inputs', retained: Partial<StepHomes>): RetainedTwin => {
    const dramPj = wordPj(dram, dram.energy.readPj, storedWordBits(dram, shape, tensor));
    const bits = storedWordBits(level, shape, tensor);
    if (level.mustKeep.includes(tensor)) {
      const cost = { pj: dramPj + wordPj(level, level.energy.fillPj, bits), cycles: 0 };
      return twin(retained, touchedWords[tensor], [cost], { pj: 0, cycles: 0 });
    }
    const cost = { pj: dramPj - wordPj(level, level.energy.readPj, bits), cycles: -portCycles(level, 'read', bits) };
    return twin(retained, touchedWords[tensor], [cost], {
      pj: isExact(level, bits) ? 0 : level.energy.readPj,
      cycles: cost.cycles === 0 ? 0 : 1,
    });
  };
  const outputs = (): RetainedTwin => {
    const [bits, home] = [storedWordBits(dram, shape, 'Outputs'), homes.activationBits];
    const sent = {
      pj: wordPj(dram, dram.energy.updatePj, bits) - wordPj(level, level.energy.updatePj, home),
      cycles: -portCycles(level, 'write', home),
    };
    const returned = {
      pj: wordPj(dram, dram.energy.readPj, bits) - wordPj(level, level.energy.readPj, home) + sent.pj,
      cycles: -portCycles(level, 'read', home) + sent.cycles,
    };
    return twin({ outputs: true }, touchedWords.Outputs, [sent, returned], {
      pj: isExact(level, home) ? 0 : level.energy.readPj + level.energy.updatePj,
      cycles: returned.cycles === 0 ? 0 : 2,
    });
  };
  // A level between may serve words that the outermost level then does not.
  const between = accelerator.levels.slice(1, index);
  const can = (tensor: TensorName) =>
    level.mayKeep.includes(tensor) && between.every(({ mayKeep }) => !mayKeep.includes(tensor));
  // Where partial sums never come back into the level, or leave it at a charge, homes of Outputs follow other rules.
  const isPlain = level.spill === undefined && level.drain === undefined && dram.drain === undefined;
  return [
    ...(!homes.weights && can('Weights') ? [operand('Weights', { weights: true })] : []),
    ...(!homes.inputs && can('Inputs') ? [operand('Inputs', { inputs: true })] : []),
    ...(!homes.outputs && can('Outputs') && isPlain ? [outputs()] : []),
  ];
}

/** Whether each word is an access: others are rounded up in all. */
function isExact({ blockWords, wordBits }: StorageLevel, bits: number): boolean {
  return bits === blockWords * wordBits;
}

function wordPj({ blockWords, wordBits }: StorageLevel, accessPj: number, bits: number): number {
  return (accessPj * bits) / (blockWords * wordBits);
}

/** Cycles that a word takes of a level's ports. */
function portCycles({ bandwidth, wordBits }: StorageLevel, port: 'read' | 'write', bits: number): number {
  const own = port === 'read' ? bandwidth.readWordsPerCycle : bandwidth.writeWordsPerCycle;
  const rate = Math.min(own ?? Number.POSITIVE_INFINITY, bandwidth.sharedWordsPerCycle ?? Number.POSITIVE_INFINITY);
  return bits / wordBits / rate;
}
