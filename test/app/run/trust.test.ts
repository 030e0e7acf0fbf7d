import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { COSEARCH_RUN } from '../../../src/app/cosearch/run.ts';
import { EXHAUSTIVE_RUN } from '../../../src/app/exhaustive/run.ts';
import { MAP_RUN } from '../../../src/app/map/run.ts';
import type { RunDemand, RunKind } from '../../../src/app/run/kind.ts';
import { resumeRun, startRun } from '../../../src/app/run/lifecycle.ts';
import { unlimited } from '../../../src/app/run/limits.ts';
import { ownerKeyFile } from '../../../src/app/run/owner-key.ts';
import { consentToResume, type ForeignRun } from '../../../src/app/run/trust.ts';

interface Inputs {
  readonly kind: 'count';
  readonly request: { readonly seed: number; readonly demands: readonly RunDemand[] };
}

/** Ends at once when it is resumed, and never before. */
const KIND: RunKind<Inputs, number, number> = {
  name: 'count',
  title: 'a run of this test',
  initialState: 0,
  generations: null,
  isState: (value): value is number => typeof value === 'number',
  readInputs: (value) => value as Inputs,
  demands: ({ request }) => request.demands,
  folderName: () => 'count',
  oddity: () => null,
  search: async (_, { state, checkpoint }) => {
    checkpoint(1);
    return state === 0 ? null : 7;
  },
  document: (_, finished) => ({ counted: finished }),
  files: () => [],
};

const COMMAND: RunDemand = { kind: 'command', text: './score.sh' };
const listener = { onEvent: () => {}, isInterrupted: () => false };

let home = '';
let folder = '';

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'trifold-trust-'));
  folder = join(home, 'run');
  vi.stubEnv('XDG_STATE_HOME', join(home, 'state'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(home, { recursive: true, force: true });
});

async function started(...demands: RunDemand[]): Promise<void> {
  const inputs: Inputs = { kind: 'count', request: { seed: 1, demands } };
  const result = await startRun(KIND, inputs, { out: folder, command: ['trifold'] }, unlimited(1), listener);
  expect(result.json).toBeNull();
}

/** What is asked and what comes out; the answer is `isYes`. */
async function resumed(isYes = false, directory = folder) {
  const asked: ForeignRun[] = [];
  const ask = async (run: ForeignRun) => {
    asked.push(run);
    return isYes;
  };
  try {
    const consent = await consentToResume(KIND, directory, ask);
    const { json } = await resumeRun(KIND, directory, unlimited(1), listener, consent);
    return { asked, json };
  } catch (error) {
    return { asked, error };
  }
}

const DONE = { asked: [], json: { counted: 7 } };
const runJson = (directory = folder) => JSON.parse(readFileSync(join(directory, 'run.json'), 'utf8'));
const edit = (change: (value: ReturnType<typeof runJson>) => void): void => {
  const value = runJson();
  change(value);
  writeFileSync(join(folder, 'run.json'), JSON.stringify(value));
};
const contents = () => readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]);

describe('a run that this user started', () => {
  it('goes on without a question', async () => {
    await started(COMMAND);
    expect(runJson().mark).toMatch(/^[0-9a-f]{64}$/);
    expect(await resumed()).toEqual(DONE);
  });

  it('goes on where it was moved or copied to, and without having been asked for', async () => {
    await started(COMMAND);
    cpSync(folder, join(home, 'elsewhere'), { recursive: true });
    rmSync(folder, { recursive: true });
    expect(await resumed(false, join(home, 'elsewhere'))).toEqual(DONE);
  });

  it('goes on by resumeRun alone', async () => {
    await started(COMMAND);
    expect((await resumeRun(KIND, folder, unlimited(1), listener)).json).toEqual({ counted: 7 });
  });

  it('has a key that nobody else can read, the same for all runs', async () => {
    await started(COMMAND);
    const file = ownerKeyFile(process.env);
    expect(file).toBe(join(home, 'state/trifold/run-key'));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const key = readFileSync(file);
    expect(key).toHaveLength(32);
    folder = join(home, 'second');
    await started(COMMAND);
    expect(readFileSync(file)).toEqual(key);
    expect(readdirSync(join(home, 'state/trifold'))).toEqual(['run-key']);
  });

  it('has no mark and makes no key when it demands nothing', async () => {
    await started();
    expect(runJson()).not.toHaveProperty('mark');
    expect(existsSync(join(home, 'state'))).toBe(false);
    vi.stubEnv('XDG_STATE_HOME', join(home, 'other'));
    expect(await resumed()).toEqual(DONE);
  });
});

describe('a run that someone else may have started', () => {
  const QUESTION = { directory: '', demands: ['run the command "./score.sh"'] };

  it.each([
    ['has no mark', () => edit((value) => delete value.mark)],
    ['has a made-up mark', () => edit((value) => (value.mark = '0'.repeat(64)))],
    ['has a mark of no length', () => edit((value) => (value.mark = ''))],
    ['has a mark of another user', () => void vi.stubEnv('XDG_STATE_HOME', join(home, 'other'))],
    ['has a changed seed', () => edit((value) => value.seed++)],
    ['is continued in another folder', () => void vi.spyOn(process, 'cwd').mockReturnValue('/elsewhere')],
    ['is of a user whose key is lost', () => rmSync(ownerKeyFile(process.env))],
    ['is of a user whose key others can read', () => chmodSync(ownerKeyFile(process.env), 0o644)],
    [
      'is of a user whose key is a link',
      () => {
        const file = ownerKeyFile(process.env);
        cpSync(file, join(home, 'key'));
        rmSync(file);
        symlinkSync(join(home, 'key'), file);
      },
    ],
  ])('is asked about when it %s, and left as it was', async (_, change) => {
    await started(COMMAND);
    change();
    const before = contents();
    const { asked, error } = await resumed();
    expect(asked).toEqual([{ ...QUESTION, directory: folder }]);
    expect(error).toMatchObject({ code: 'foreign', details: { hint: expect.stringContaining('--trust') } });
    expect(String(error)).toContain('\n  run the command "./score.sh"');
    expect(contents()).toEqual(before);
    await expect(resumeRun(KIND, folder, unlimited(1), listener)).rejects.toMatchObject({ code: 'foreign' });
    expect(contents()).toEqual(before);
    expect(await resumed(true)).toEqual({ ...DONE, asked: [{ ...QUESTION, directory: folder }] });
  });

  it('is asked about with the command that it holds now', async () => {
    await started(COMMAND);
    edit((value) => (value.configuration.request.demands[0].text = 'curl x | sh'));
    expect((await resumed()).asked[0]?.demands).toEqual(['run the command "curl x | sh"']);
  });

  it('may not become another one after the question', async () => {
    await started(COMMAND);
    edit((value) => delete value.mark);
    const consent = await consentToResume(KIND, folder, async () => true);
    edit((value) => (value.configuration.request.demands[0].text = 'rm -rf ~'));
    await expect(resumeRun(KIND, folder, unlimited(1), listener, consent)).rejects.toMatchObject({
      code: 'foreign',
      message: expect.stringContaining('"rm -rf ~"'),
    });
  });

  it('is not asked about when it is finished: it does nothing', async () => {
    await started(COMMAND);
    edit((value) => delete value.mark);
    writeFileSync(join(folder, 'summary.json'), '{"counted":1}');
    expect(await resumed()).toEqual({ asked: [], json: { counted: 1 } });
  });

  it('shows what no terminal would show, and asks about nothing that it cannot show whole', async () => {
    await started({ kind: 'command', text: 'a\n\u001b[2K\u202eb\u200b"c"' }, { kind: 'write', text: '~/.profile' });
    edit((value) => delete value.mark);
    expect((await resumed()).asked[0]?.demands).toEqual([
      String.raw`run the command "a\n\u001b[2K\u202eb\u200b\"c\""`,
      'write the file "~/.profile"',
    ]);
    edit((value) => (value.configuration.request.demands[0].text = `true${' '.repeat(3000)}; rm -rf ~`));
    const { asked, error } = await resumed(true);
    expect(asked).toEqual([]);
    expect(String(error)).toMatch(/run the command "true +… \(3\d\d\d characters\)/);
  });
});

describe('a user without a place for a key', () => {
  it.each(['a file', 'a folder where none can be created'])(
    'runs all the same beside %s, and has to agree to go on',
    async (what) => {
      writeFileSync(join(home, 'file'), '');
      vi.stubEnv('XDG_STATE_HOME', what === 'a file' ? join(home, 'file') : '/proc/nowhere');
      await started(COMMAND);
      expect(runJson()).not.toHaveProperty('mark');
      expect((await resumed()).error).toMatchObject({ code: 'foreign' });
      expect(await resumed(true)).toMatchObject({ json: { counted: 7 } });
    },
  );

  it('gets a key where there was none that counts', async () => {
    mkdirSync(join(home, 'state/trifold'), { recursive: true });
    writeFileSync(join(home, 'state/trifold/run-key'), 'short', { mode: 0o600 });
    await started(COMMAND);
    expect(await resumed()).toEqual(DONE);
  });
});

describe('the demands of each kind of run', () => {
  const request = (more: object) => ({ request: more }) as never;

  it('are the file of --save', () => {
    expect(MAP_RUN.demands!(request({}))).toEqual([]);
    expect(MAP_RUN.demands!(request({ save: '/home/you/.bashrc' }))).toEqual([
      { kind: 'write', text: '/home/you/.bashrc' },
    ]);
  });

  it.each([COSEARCH_RUN, EXHAUSTIVE_RUN])('are the command or the file of --accuracy', ({ demands }) => {
    const of = (accuracy: object) => demands!(request({ accuracy }));
    expect(of({ kind: 'predictor' })).toEqual([]);
    expect(of({ kind: 'command', command: 'x', timeLimitSeconds: 1 })).toEqual([{ kind: 'command', text: 'x' }]);
    expect(of({ kind: 'table', file: '/etc/shadow' })).toEqual([{ kind: 'read', text: '/etc/shadow' }]);
    expect(of({ kind: 'imported', file: 'p.json', calibrated: false })).toEqual([{ kind: 'read', text: 'p.json' }]);
  });
});
