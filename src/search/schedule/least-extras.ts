import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { HomedWords } from '../../cost/vector-step.ts';
import { planSegment } from '../../schedule/plan.ts';
import { isUnfit, type Retention } from '../../schedule/retention.ts';
import { stepExtras } from '../../schedule/step-extras.ts';
import type { StepKind, VectorStep } from '../../schedule/step-kind.ts';
import { operatorFacts } from '../../schedule/tiles/operator-facts.ts';
import { neededWords } from '../../schedule/tiles/reach.ts';
import { type EnergyAndCycles, NO_COST } from '../../util/network-totals.ts';
import type { Sequence } from '../../workload/graph/sequence.ts';

/**
 * What no mapping changes of each operator, at least: of a vector operator all that it costs, on whatever tiles and wherever its operands are, of a layer what is
 * fused into it. What is computed and moved of the words that are needed only grows with the number of tiles.
 */
export function leastExtras(sequence: Sequence, accelerator: Accelerator, retention: Retention): EnergyAndCycles[] {
  return sequence.operators.map((_, index) => {
    const step = wholeStep(sequence, retention, index);
    if (step === null) return NO_COST;
    const all = step.kind === 'vector' ? stepsAnywhere(sequence, step, retention.level) : [step];
    return leastOf(all.map((one) => stepExtras(one, accelerator)));
  });
}

/** The one step of an operator that runs whole, with everything outermost; null for a view. */
function wholeStep(sequence: Sequence, retention: Retention, index: number): StepKind | null {
  const homes = sequence.storages.map(() => 'outermost' as const);
  const segment = { first: index, end: index + 1, loops: [], halo: 'cached' as const, held: [] };
  const plan = planSegment(sequence, retention, { homes, isPinned: () => false }, segment);
  return isUnfit(plan) ? null : (plan.kinds[0] ?? null);
}

/** Operands of which all sets of homes are tried at most; where there are more, they count as free. */
const MOST_OPERANDS = 6;

/** A vector operator with the words that it needs in whatever tiles, for all homes of its operands: held and fused ones need not fit as a whole. */
function stepsAnywhere(sequence: Sequence, step: VectorStep, level: number): VectorStep[] {
  const { inputs, output } = sequence.operators[step.operator]!;
  const { reaches } = operatorFacts(sequence)[step.operator]!;
  const { sizes } = sequence.tensors[output]!;
  const { reads, written } = step.load;
  const isFree = inputs.length > MOST_OPERANDS;
  const ways = reads.map((read, i): readonly HomedWords[] => {
    if (i >= inputs.length) return [read];
    const words = isFree ? 0 : Math.min(read.words, neededWords(reaches[i]!, sizes));
    return (isFree ? [0] : [0, level]).map((home) => ({ ...read, words, home }));
  });
  const all = ways.reduce<HomedWords[][]>(
    (before, own) => before.flatMap((set) => own.map((one) => [...set, one])),
    [[]],
  );
  return all.flatMap((own) =>
    [0, level].map((home) => ({ ...step, load: { ...step.load, reads: own, written: { ...written, home } } })),
  );
}

function leastOf(costs: readonly EnergyAndCycles[]): EnergyAndCycles {
  return {
    energyPj: Math.min(...costs.map(({ energyPj }) => energyPj)),
    cycles: Math.min(...costs.map(({ cycles }) => cycles)),
  };
}
