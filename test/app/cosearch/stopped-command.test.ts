import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CosearchRequest } from '../../../src/app/cosearch/inputs.ts';
import { openLayerCache } from '../../../src/app/layers/layer-cache.ts';
import type { RunEvent } from '../../../src/search/run-events.ts';
import { cosearchRuns, freshFolder, listener, results } from '../run-folders.ts';
import { MACRO_REQUEST } from './macro-request.ts';

const caches = { layers: openLayerCache(freshFolder()), candidates: openLayerCache(freshFolder()) };
const LIMITS = { workers: 1, caches };
/** Networks asked about at a time. */
const AT_A_TIME = 4;

/** A command that gives every network its own figure, fails for one in eight, and does not end from the start on that `holdFrom` names. */
function command() {
  const folder = mkdtempSync(join(tmpdir(), 'trifold-stopped-'));
  const log = join(folder, 'starts');
  const hold = join(folder, 'hold');
  const count = (): number => (existsSync(log) ? readFileSync(log, 'utf8').split('\n').length - 1 : 0);
  return {
    line: [
      `echo started >> ${log}`,
      `if test -e ${hold} && test $(wc -l < ${log}) -ge $(cat ${hold}); then sleep 100; fi`,
      `sum=$(cksum | cut -d ' ' -f 1)`,
      `test $((sum % 8)) -eq 0 && exit 3`,
      'echo $((72 + sum % 25))',
    ].join('\n'),
    starts: count,
    holdFrom: (start: number) => writeFileSync(hold, String(start)),
    release: () => {
      rmSync(log, { force: true });
      rmSync(hold, { force: true });
    },
  };
}

/** Networks of few different layers, which are mapped fast. */
const REQUEST: CosearchRequest = { ...MACRO_REQUEST, space: 'nas-bench-201', floorPercent: 76 };
const { budget: _budget, ...WITHOUT_BUDGET } = REQUEST;
const NESTED: CosearchRequest = {
  ...REQUEST,
  generations: 1,
  evolution: { ...REQUEST.evolution, population: 2 },
};
/** A joint search is of the same class as one for a network only. With the share of the networks that were asked about when it is stopped. */
const KINDS: readonly (readonly [string, CosearchRequest, readonly number[]])[] = [
  ['nested', NESTED, [0, 1]],
  ['network-only', { ...WITHOUT_BUDGET, populationSize: 4, accelerator: 'shidiannao' }, [0, 0.6]],
];

describe.each(KINDS)('a %s co-search whose accuracy command is stopped', (_name, kind, shares) => {
  const program = command();
  const request: CosearchRequest = {
    ...kind,
    accuracy: { kind: 'command', command: program.line, timeLimitSeconds: 60 },
  };

  it('by an interrupt asks again and ends as if it had never stopped', async () => {
    const whole = freshFolder();
    const { json } = await cosearchRuns.start(request, whole, LIMITS);
    const all = program.starts();
    expect(json).toMatchObject({ search: { accuracyFailures: expect.any(Number) } });
    program.release();
    const directory = freshFolder();
    const answers = () => JSON.parse(readFileSync(join(directory, 'checkpoint.json'), 'utf8')).state.answers.length;
    for (const [i, share] of shares.entries()) {
      const start = program.starts() + Math.max(1, Math.floor(share * all) - (i === 0 ? 0 : answers()));
      program.holdFrom(start);
      const interrupt = listener(undefined, () => program.starts() >= start);
      const stopped =
        i === 0
          ? cosearchRuns.start(request, directory, LIMITS, interrupt)
          : cosearchRuns.resume(directory, LIMITS, interrupt);
      expect((await stopped).finished).toBeNull();
    }
    program.holdFrom(Number.MAX_SAFE_INTEGER);
    expect(JSON.stringify((await cosearchRuns.resume(directory, LIMITS)).json)).toBe(JSON.stringify(json));
    expect(results(directory)).toEqual(results(whole));
    expect(program.starts()).toBeLessThanOrEqual(all + shares.length * AT_A_TIME);
  });

  it('by the end of the time is no failure of it', async () => {
    program.release();
    program.holdFrom(1);
    const events: RunEvent[] = [];
    const directory = freshFolder();
    const nowMs = () => (program.starts() > 0 ? 1e9 : 0);
    const limits = { ...LIMITS, timeSeconds: 10 };
    const to = listener((event) => events.push(event));
    const ended = await cosearchRuns.start(request, directory, limits, to, nowMs).catch((error: unknown) => error);
    expect(ended).toMatchObject({ code: 'time-out' });
    expect(events.filter((event) => event.kind === 'note' && event.text.includes('failed'))).toEqual([]);
    expect(readFileSync(join(directory, 'checkpoint.json'), 'utf8')).toContain('"answers":[]');
  });
});
