import { describe, expect, it } from 'vitest';
import { describeRuns } from '../../../src/cli/text/runs-text.ts';

describe('runs as text', () => {
  const row = { status: 'finished', startedAt: '2026-01-01T00:00:00.000Z', command: 'trifold map vgg16' };

  it('has folders as a shell takes them, quoted only where they have to be', () => {
    const rows = ['runs/vgg16-1', "runs/a b's", 'runs/$x'].map((directory) => ({ ...row, directory }));
    const [, , ...lines] = describeRuns(rows, 'runs').split('\n');
    expect(lines.map((line) => line.split(/ {2,}/)[0])).toEqual(['runs/vgg16-1', "'runs/a b'\\''s'", "'runs/$x'"]);
  });

  it('says where there are none', () => {
    expect(describeRuns([], 'runs')).toBe('no runs in runs');
  });
});
