import type { CaseBox, CaseStep } from '../../../formats/schedule/case-schedule.ts';
import type { StepKind } from '../../../schedule/step-kind.ts';
import type { ScoredStep } from '../../../schedule/step-score.ts';
import { product } from '../../../util/integers.ts';
import { TENSORS } from '../../../util/vocabulary.ts';
import type { Sequence } from '../../../workload/graph/sequence.ts';
import type { CaseDifferences } from './case-differences.ts';

type Counts = readonly [reads: number, fills: number, updates: number];

/** Compares a recorded step with the figures found for it. */
export function compareStep(
  sequence: Sequence,
  recorded: CaseStep,
  found: ScoredStep,
  where: string,
  differences: CaseDifferences,
): void {
  const same = (figure: string, expected: number | string | null, actual: number | string | null) =>
    differences.compare(where, figure, expected, actual);
  const { step } = found;
  same('output_box', sizesOf(recorded.outputBox).join(' x '), extentsOf(step).join(' x '));
  same('fetch', wordsOf(recorded.fetched.values()), movedWords(step.moves.fetched));
  same('drain', wordsOf(recorded.drained.values()), movedWords(step.moves.drained));
  same('holds_bits', heldBits(sequence, recorded), fixedBits(step));
  if (step.kind === 'mac' && recorded.retained !== null) {
    const { Weights, Inputs, Outputs } = recorded.retained;
    same('homes', homesText(Weights, Inputs, Outputs), homesText(step.weights, step.inputs, step.outputs));
  }
  if (recorded.roomBits !== null) same('room_bits', recorded.roomBits, found.roomBits);
  if (recorded.tileBits !== null) same('tile_bits', recorded.tileBits, found.tileBits);
  const counts = countsOf(found);
  const none: Counts = [0, 0, 0];
  for (const role of new Set([...recorded.counts.keys(), ...counts.keys()])) {
    const [expected, actual] = [recorded.counts.get(role) ?? none, counts.get(role) ?? none];
    for (const [i, kind] of (['reads', 'fills', 'updates'] as const).entries())
      same(`${role}.${kind}`, expected[i]!, actual[i]!);
  }
  differences.energy(where, 'energy_pJ', recorded.energyPj, found.energyPj);
  same('cycles', recorded.cycles, found.cycles);
}

function sizesOf(box: CaseBox): readonly number[] {
  return box.map(([from, to]) => to - from);
}

function wordsOf(boxes: Iterable<CaseBox>): number {
  let words = 0;
  for (const box of boxes) words += product(sizesOf(box));
  return words;
}

function movedWords(moved: readonly { readonly words: number }[]): number {
  return moved.reduce((sum, { words }) => sum + words, 0);
}

function homesText(...retained: readonly boolean[]): string {
  return retained.map((one) => (one ? 'R' : 'D')).join(' ');
}

/** Positions of the output of a step along n, c, p, q. */
function extentsOf(step: StepKind): readonly number[] {
  if (step.kind === 'vector') return step.extents;
  const { N, G, K, P, Q } = step.shape.problem.bounds;
  return [N, G * K, P, Q];
}

/** Bits of the recorded tiles and held operands; a tile that is overwritten counts once. */
function heldBits({ operators, tensors }: Sequence, { operator, holds, inPlaceWords }: CaseStep): number {
  let bits = 0;
  for (const [name, box] of holds) {
    const tensor = tensors.find((one) => one.name === name);
    const layer = operators.find((one) => one.name === name);
    const parameters = layer?.kind === 'mac' && layer.second.kind === 'parameters' ? layer.second.wordBits : 0;
    bits += product(sizesOf(box)) * (tensor?.wordBits ?? parameters);
  }
  const output = tensors[operators[operator]!.output]!;
  return holds.has(output.name) ? bits - inPlaceWords * output.wordBits : bits;
}

/** Bits of tiles and held operands of a step. */
function fixedBits({ fixed }: StepKind): number {
  return fixed.reduce((sum, { what, bits }) => (what === 'storage' ? sum : sum + bits), 0);
}

/** Accesses by index of a level and role, as cases record them: words of vector operators at their homes, moves apart. */
function countsOf({ step, evaluation }: ScoredStep): ReadonlyMap<string, Counts> {
  const counts = new Map<string, Counts>();
  if (step.kind === 'vector') {
    const { reads, written } = step.load;
    for (const { words, home } of reads) {
      const [before] = counts.get(`${home}.Inputs`) ?? [0];
      counts.set(`${home}.Inputs`, [before + words, 0, 0]);
    }
    return counts.set(written.home === 0 ? '0.Outputs' : `${written.home}.Outputs@home`, [0, 0, written.words]);
  }
  for (const [index, { tensors, home }] of (evaluation?.levels ?? []).entries()) {
    for (const tensor of TENSORS) {
      const { reads, fills, updates } = tensors[tensor];
      counts.set(`${index}.${tensor}`, [reads, fills, updates]);
    }
    if (home !== undefined) counts.set(`${index}.Outputs@home`, [home.reads, home.fills, home.updates]);
  }
  return counts;
}
