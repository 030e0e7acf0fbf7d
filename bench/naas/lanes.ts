import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  type BaselineJob,
  type BaselineResult,
  type DesignJob,
  describeJob,
  type Job,
  jobKey,
  type LaneAnswer,
  type LaneTask,
} from './job.ts';
import type { JobRecord, ResultStore } from './store.ts';

const LANE = fileURLToPath(new URL('../naas-lane.ts', import.meta.url));

/**
 * Runs jobs in child processes, one job at a time in each, equal jobs once, finished ones of the store not at all.
 * Several parts may ask at the same time; jobs start in the order in which they are asked for.
 */
export class Lanes {
  readonly #store: ResultStore;
  readonly #count: number;
  readonly #log: (line: string) => void;
  readonly #known = new Map<string, Promise<JobRecord>>();
  readonly #waiting: (() => void)[] = [];
  readonly #idle: ChildProcess[] = [];
  readonly #all: ChildProcess[] = [];
  #asked = 0;
  #done = 0;

  /** @param count processes; >= 1 */
  constructor(store: ResultStore, count: number, log: (line: string) => void) {
    this.#store = store;
    this.#count = count;
    this.#log = log;
  }

  /** Records of the jobs, in their order. Rejects with the first failure. */
  run<One extends Job>(jobs: readonly One[]): Promise<JobRecord<One['kind']>[]> {
    // The record of a job is of its kind: `#carry` stores it under the job's own key.
    return Promise.all(jobs.map((job) => this.#once(job) as Promise<JobRecord<One['kind']>>));
  }

  /** Ends the processes. */
  close(): void {
    for (const child of this.#all) child.kill('SIGKILL');
  }

  #once(job: Job): Promise<JobRecord> {
    const key = jobKey(job);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const stored = this.#store.find(key);
    const promise = stored === undefined ? this.#carry(job) : Promise.resolve(stored);
    this.#known.set(key, promise);
    return promise;
  }

  async #carry(job: Job): Promise<JobRecord> {
    this.#asked++;
    const baselines = job.kind === 'design' ? await this.#baselinesOf(job) : [];
    const child = await this.#acquire();
    let answer: LaneAnswer;
    try {
      answer = await ask(child, { job, baselines });
    } finally {
      this.#release(child);
    }
    if (answer.kind === 'failed') throw new Error(`${describeJob(job)}: ${answer.message}`);
    const { result, cpuSeconds } = answer;
    const record: JobRecord = { format: 'trifold-bench-naas-1', code: this.#store.code, job, result, cpuSeconds };
    this.#store.add(record);
    this.#done++;
    this.#log(`[${this.#done}/${this.#asked}] ${describeJob(job)}: ${cpuSeconds.toFixed(1)} s`);
    return record;
  }

  async #baselinesOf({ workloads, budget, technology, factors }: DesignJob): Promise<BaselineResult[]> {
    const jobs = workloads.map(
      (workload): BaselineJob => ({ kind: 'baseline', workload, budget, technology, factors }),
    );
    return (await this.run(jobs)).map((record) => record.result);
  }

  async #acquire(): Promise<ChildProcess> {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#all.length < this.#count) {
      const child = fork(LANE);
      this.#all.push(child);
      return child;
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.#acquire();
  }

  #release(child: ChildProcess): void {
    this.#idle.push(child);
    this.#waiting.shift()?.();
  }
}

function ask(child: ChildProcess, task: LaneTask): Promise<LaneAnswer> {
  return new Promise((resolve, reject) => {
    const onExit = () => reject(new Error(`a child process ended during ${describeJob(task.job)}`));
    child.once('exit', onExit);
    child.once('message', (answer: LaneAnswer) => {
      child.off('exit', onExit);
      resolve(answer);
    });
    child.send(task);
  });
}
