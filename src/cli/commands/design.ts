import type { Command } from 'commander';
import { DESIGN } from '../../options/design.ts';
import { addCommand } from '../command-line.ts';
import type { Resume } from '../run-limits.ts';

/** `trifold design`: the best accelerator within a budget and all mappings. */
export function addDesignCommand(program: Command): void {
  addCommand(program, DESIGN, async ({ request, process, common }) => {
    const { DESIGN_RUN } = await import('../../app/design/run.ts');
    const { designInputs } = await import('../../app/design/inputs.ts');
    const { describeDesignResult } = await import('../text/design-text.ts');
    const inputs = designInputs(request);
    const { startAndShow } = await import('../run-command.ts');
    await startAndShow(DESIGN_RUN, inputs, process.out ?? 'next', process, common, describeDesignResult);
  });
}

/** Continues a design run. */
export const resumeDesign: Resume = async (directory, process, common) => {
  const { DESIGN_RUN } = await import('../../app/design/run.ts');
  const { describeDesignResult } = await import('../text/design-text.ts');
  const { resumeAndShow } = await import('../run-command.ts');
  await resumeAndShow(DESIGN_RUN, directory, process, common, describeDesignResult);
};
