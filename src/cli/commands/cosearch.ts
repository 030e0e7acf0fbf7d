import type { Command } from 'commander';
import { COSEARCH } from '../../options/cosearch.ts';
import { TrifoldError } from '../../util/errors.ts';
import { addCommand, type CommandLine } from '../command-line.ts';
import type { Resume } from '../run-limits.ts';

/** `trifold cosearch`: network, accelerator and mapping in one search. */
export function addCosearchCommand(program: Command): void {
  addCommand(program, COSEARCH, (line) =>
    line.request.search === 'exhaustive' ? scoreAll(line) : searchTogether(line),
  );
}

type Line = CommandLine<typeof COSEARCH.request, typeof COSEARCH.process>;

async function searchTogether({ request, process, common }: Line): Promise<void> {
  const { COSEARCH_RUN } = await import('../../app/cosearch/run.ts');
  const { cosearchInputs, cosearchRequest } = await import('../../app/cosearch/inputs.ts');
  const { describeCosearchResult } = await import('../text/cosearch-text.ts');
  const inputs = cosearchInputs(cosearchRequest(request));
  const { startAndShow } = await import('../run-command.ts');
  await startAndShow(COSEARCH_RUN, inputs, process.out ?? 'next', process, common, describeCosearchResult);
}

async function scoreAll({ request, process, common }: Line): Promise<void> {
  const { EXHAUSTIVE_RUN } = await import('../../app/exhaustive/run.ts');
  const { exhaustiveInputs, exhaustiveRequest } = await import('../../app/exhaustive/inputs.ts');
  const { describeExhaustiveResult } = await import('../text/exhaustive-text.ts');
  const asked = exhaustiveRequest(request);
  const { time, finalTime, evaluations, targetEdp } = process;
  if (time !== undefined || finalTime !== undefined || evaluations !== undefined || targetEdp !== undefined)
    throw new TrifoldError('usage', 'an exhaustive co-search scores every network: it has no other end', {
      hint: 'leave out --time, --final-time, --evaluations and --target; Ctrl-C saves the run',
    });
  const inputs = exhaustiveInputs(asked);
  const { startAndShow } = await import('../run-command.ts');
  await startAndShow(EXHAUSTIVE_RUN, inputs, process.out ?? 'next', process, common, describeExhaustiveResult);
}

/** Continues a co-search. */
export const resumeCosearch: Resume = async (directory, process, common) => {
  const { COSEARCH_RUN } = await import('../../app/cosearch/run.ts');
  const { describeCosearchResult } = await import('../text/cosearch-text.ts');
  const { resumeAndShow } = await import('../run-command.ts');
  await resumeAndShow(COSEARCH_RUN, directory, process, common, describeCosearchResult);
};

/** Continues an exhaustive co-search. */
export const resumeExhaustive: Resume = async (directory, process, common) => {
  const { EXHAUSTIVE_RUN } = await import('../../app/exhaustive/run.ts');
  const { describeExhaustiveResult } = await import('../text/exhaustive-text.ts');
  const { resumeAndShow } = await import('../run-command.ts');
  await resumeAndShow(EXHAUSTIVE_RUN, directory, process, common, describeExhaustiveResult);
};
