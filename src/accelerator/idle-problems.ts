import { TENSORS } from '../util/vocabulary.ts';
import { isTimed } from './accelerator.ts';
import type { LevelSpecification } from './specification.ts';
import type { SpecificationProblem } from './specification-problem.ts';

/** What levels state without effect, or against what else they state: legal in a model, a mistake in a file that someone wrote. */
export function idleProblems(levels: readonly LevelSpecification[]): SpecificationProblem[] {
  return levels.flatMap((level, index) => {
    const problems: SpecificationProblem[] = [];
    const report = (path: readonly string[], message: string) =>
      problems.push({ rule: 'value', path: ['levels', index, ...path], message: `${level.name}: ${message}` });
    const { fanOut, mayKeep, requests, compression, overlap, doubleBuffered } = level;
    for (const key of ['wires', 'hopEnergyPj'] as const)
      if (fanOut[key] !== undefined && fanOut.dimensions.length === 0)
        report(['fanOut', key], 'there is no array below it');
    if (compression !== undefined && !mayKeep.includes('Inputs') && !mayKeep.includes('Outputs'))
      report(['compression'], 'Inputs and Outputs are never kept here, and weights are not compressed');
    for (const tensor of TENSORS)
      if (requests?.layout[tensor] !== undefined && !mayKeep.includes(tensor))
        report(['layout', tensor], `${tensor} have no layout, as they are never kept here`);
    if (overlap !== undefined && doubleBuffered)
      report(['overlap'], 'a level that holds every tile twice (doubleBuffered) overlaps its transfers with compute');
    else if (overlap !== undefined && !isTimed(level))
      report(['overlap'], 'its transfers take no time, as it states neither bandwidth nor requests');
    return problems;
  });
}
