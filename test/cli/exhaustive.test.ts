import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, temporaryFile } from './run-cli.ts';

const TABLE = temporaryFile(
  'table.json',
  JSON.stringify({
    '00000000': { test_acc: [45, 47], mean_acc: 46 },
    '01201210': { test_acc: [90, 91], mean_acc: 90.5 },
    '22222222': { test_acc: [92, 93], mean_acc: 92.5 },
  }),
);

const exhaustive = (...more: string[]) =>
  runCli(
    ...['cosearch', '--space', 'nas-bench-macro', '--search', 'exhaustive', '--accuracy', `table=${TABLE}`, '--quiet'],
    ...more,
  );

const freshFolder = () => join(mkdtempSync(join(tmpdir(), 'trifold-exhaustive-')), 'run');

describe('trifold cosearch --search exhaustive', () => {
  it('prints one document, which resume repeats', async () => {
    const out = freshFolder();
    const options = ['--accelerator', 'edge-tpu', '--min-accuracy', '90', '--workers', '1', '--json'];
    const { code, stdout } = await exhaustive(...options, '--out', out);
    expect(code).toBe(0);
    const document: unknown = JSON.parse(stdout);
    expect(document).toMatchObject({
      command: 'cosearch',
      search: 'exhaustive',
      accuracy: { unknown: 6558 },
      layers: { distinct: 35, proven: 35, unmappable: 0 },
      best: { network: { accuracy: { top1Percent: 90.5, errorPoints: 0.5 } } },
      recordedLatency: null,
    });
    const resumed = await runCli('resume', out, '--json', '--quiet');
    expect(resumed.code).toBe(0);
    expect(JSON.parse(resumed.stdout)).toEqual(document);
    const limited = await runCli('resume', out, '--evaluations', '9');
    expect([limited.code, limited.stdout]).toEqual([2, '']);
    expect(limited.stderr).toContain('scores every network: it has no end by --evaluations');
  });

  it('ends with 3 when no network of the table keeps the floor', async () => {
    const { code, stderr } = await exhaustive(
      '--accelerator',
      'edge-tpu',
      '--min-accuracy',
      '93',
      '--out',
      freshFolder(),
    );
    expect(code).toBe(3);
    expect(stderr).toContain('92.5 %');
  });

  it('ends with 2 for what it cannot do', async () => {
    for (const options of [
      ['--budget', 'eyeriss'],
      [],
      ['--accelerator', 'edge-tpu', '--time', '5s'],
      ['--accelerator', 'edge-tpu', '--recorded', 'eyeriss_ms'],
      ['--accelerator', 'edge-tpu', '--space', 'ofa-resnet50'],
      ['--accelerator', 'edge-tpu', '--accuracy', 'predictor'],
    ]) {
      const { code, stderr } = await exhaustive(...options, '--out', freshFolder());
      expect([code, stderr.split('\n').length > 1], options.join(' ')).toEqual([2, true]);
    }
  });
});
