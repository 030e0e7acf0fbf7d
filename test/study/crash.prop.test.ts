import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRun } from '../../src/study/read-run.ts';
import { createRun, openRun } from '../../src/study/run.ts';
import { TrifoldError } from '../../src/util/errors.ts';
import { firstEvents, GUARDS, nextEvent, START, stateAfter, type TestEvent, type TestState } from './example.ts';
import { temporaryFolder } from './support.ts';

const root = temporaryFolder();
let folders = 0;

/** A run that appends (false) and takes checkpoints (true), and all its checkpoints. */
function play(steps: readonly boolean[]): {
  journal: Buffer;
  checkpoints: { text: string; told: number }[];
  description: string;
} {
  const directory = join(root, `played-${folders++}`);
  const run = createRun<TestEvent, TestState>(directory, START);
  const read = (name: string) => readFileSync(join(directory, name));
  const checkpoints = [{ text: read('checkpoint.json').toString(), told: 0 }];
  let state = START.state;
  for (const isCheckpoint of steps) {
    if (isCheckpoint) {
      run.checkpoint(state);
      checkpoints.push({ text: read('checkpoint.json').toString(), told: state.told });
    } else {
      const [event, next] = nextEvent(state);
      run.append(event);
      state = next;
    }
  }
  run.close();
  return { journal: read('journal.jsonl'), checkpoints, description: read('run.json').toString() };
}

describe('a run killed at any moment', () => {
  it('opens at the checkpoint that it had, and goes on as if it had never stopped', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { maxLength: 14, size: 'max' }),
        fc.nat(),
        fc.nat(),
        fc.uint8Array({ maxLength: 4 }),
        (steps, cutSeed, checkpointSeed, garbage) => {
          const { journal, checkpoints, description } = play(steps);
          const cut = cutSeed % (journal.length + 1);
          const checkpoint = checkpoints[checkpointSeed % checkpoints.length]!;
          const directory = join(root, `killed-${folders++}`);
          mkdirSync(directory);
          writeFileSync(join(directory, 'run.json'), description);
          writeFileSync(join(directory, 'checkpoint.json'), checkpoint.text);
          writeFileSync(join(directory, 'journal.jsonl'), Buffer.concat([journal.subarray(0, cut), garbage]));
          const covered = Buffer.from(
            firstEvents(checkpoint.told)
              .map((event) => `${JSON.stringify(event)}\n`)
              .join(''),
          );
          if (cut < covered.length) {
            // Flushed before the checkpoint was written, so no crash shortens it: this folder is damaged.
            expect(() => openRun(directory, GUARDS, '1.0.0')).toThrow(TrifoldError);
            return;
          }
          const seen = readRun(directory, GUARDS.isEvent).events;
          expect(seen.length).toBeGreaterThanOrEqual(checkpoint.told);
          expect(seen).toEqual(firstEvents(seen.length));
          const run = openRun(directory, GUARDS, '1.0.0');
          expect(run.events).toEqual(firstEvents(checkpoint.told));
          expect(run.state).toEqual(stateAfter(checkpoint.told));
          expect(readFileSync(join(directory, 'journal.jsonl'))).toEqual(covered);
          let state = run.state;
          while (state.told < 15) {
            const [event, next] = nextEvent(state);
            run.append(event);
            state = next;
          }
          run.checkpoint(state);
          run.close();
          expect(readRun(directory, GUARDS.isEvent)).toMatchObject({ events: firstEvents(15), warnings: [] });
        },
      ),
      { numRuns: 40 },
    );
  });
});
