import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evaluateMappings } from '../../../src/app/explain/evaluate.ts';
import { describeDesignResult } from '../../../src/cli/text/design-text.ts';
import { designRuns } from '../../app/run-folders.ts';
import { freshPath, ODD_NETWORK, SMALL_DESIGN } from '../../app/small-files.ts';

/** A file with another name in it. */
function renamed(file: string, from: RegExp, to: string): string {
  const path = freshPath('renamed.yaml');
  writeFileSync(path, readFileSync(file, 'utf8').replace(from, to));
  return path;
}

describe('the end of a design run as text', () => {
  it('names a command that gives its figures again, also for files whose names are not those inside', async () => {
    const technologies = resolve(import.meta.dirname, '../../../accelerators/technology');
    const workload = renamed(ODD_NETWORK, /^name: .*$/m, 'name: odd layers (two)');
    const technology = renamed(join(technologies, 'cacti-65nm.yaml'), /^name: .*$/m, 'name: my own');
    const request = {
      ...SMALL_DESIGN,
      workloads: [workload],
      technology,
      generations: 1,
      finalFactors: 'perfect',
    } as const;
    const { finished, directory } = await designRuns.start(request);
    const line = describeDesignResult(finished!, directory)
      .split('\n')
      .find((one) => one.startsWith('check it: '))!;
    const given = (name: string) => new RegExp(`--${name} (\\S+)`).exec(line)![1]!;
    const { report } = evaluateMappings({
      accelerator: given('accelerator'),
      workload: given('workload'),
      mapping: given('mapping'),
      technology: given('technology'),
      temporalReuse: 'exact',
    });
    expect(report.totals).toEqual(finished!.mapped[0]!.report.totals);
  });
});
