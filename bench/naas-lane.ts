/**
 * Child process of the NAAS bench: does one job at a time, single-threaded, and answers with its result and processor time.
 * Started by `naas/lanes.ts` alone.
 */
import type { LaneAnswer, LaneTask } from './naas/job.ts';
import { runJob } from './naas/run-job.ts';

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

process.on('message', async (task: LaneTask) => {
  const before = cpuSeconds();
  let answer: LaneAnswer;
  try {
    const result = await runJob(task);
    answer = { kind: 'done', result, cpuSeconds: cpuSeconds() - before };
  } catch (error) {
    answer = { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
  process.send?.(answer);
});
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole group: the parent ends its lanes.
process.on('SIGINT', () => {});
