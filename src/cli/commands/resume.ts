import type { Command } from 'commander';
import { RESUME } from '../../options/runs.ts';
import { TrifoldError } from '../../util/errors.ts';
import { ownValue } from '../../util/own-value.ts';
import { addCommand } from '../command-line.ts';
import type { Resume, RunOptions } from '../run-limits.ts';
import { resumeCosearch, resumeExhaustive } from './cosearch.ts';
import { resumeDesign } from './design.ts';
import { resumeMap } from './map.ts';

/** By the kind of their configuration. `why`: why runs of a kind end by themselves alone; null where limits end them. */
const KINDS: Readonly<Record<string, { readonly resume: Resume; readonly why: string | null }>> = {
  map: { resume: resumeMap, why: 'a map run maps every layer' },
  design: { resume: resumeDesign, why: null },
  cosearch: { resume: resumeCosearch, why: null },
  exhaustive: { resume: resumeExhaustive, why: 'an exhaustive co-search scores every network' },
};

/** `trifold resume`: goes on with a run of any kind. */
export function addResumeCommand(program: Command): void {
  addCommand(program, RESUME, async ({ request: { run }, process, common }) => {
    const { runKind } = await import('../../app/run/list.ts');
    const { resume, why } = ownValue(KINDS, runKind(run)) ?? KINDS.design!;
    if (why !== null) refuseLimits(process, why);
    await resume(run, process, common);
  });
}

/** @throws TrifoldError `usage` when limits are given that would change nothing */
function refuseLimits({ time, finalTime, evaluations }: RunOptions, why: string): void {
  const limits = { '--time': time, '--final-time': finalTime, '--evaluations': evaluations };
  const given = Object.entries(limits).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (given.length > 0)
    throw new TrifoldError('usage', `${why}: it has no end by ${given.join(' or ')}`, {
      hint: `leave out ${given.join(' and ')}; Ctrl-C saves the run`,
    });
}
