import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Job, type JobResults, jobKey } from './job.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Whatever changes results: the search and its inputs. */
const CODE = [
  'src/util',
  'src/cmaes',
  'src/optimizers',
  'src/workload',
  'src/accelerator',
  'src/mapping',
  'src/cost',
  'src/formats',
  'src/search',
  'src/app/design',
  'accelerators',
  'workloads',
  'mappings',
  'bench/naas/run-job.ts',
];

/** One line of the output file: a finished job. */
export interface JobRecord<Kind extends Job['kind'] = Job['kind']> {
  readonly format: 'trifold-bench-naas-1';
  /** {@link codeFingerprint} of the code that gave the result. */
  readonly code: string;
  readonly job: Extract<Job, { kind: Kind }>;
  readonly result: JobResults[Kind];
  /** Processor time of the job on one thread. */
  readonly cpuSeconds: number;
}

/** Hash of the code and data that decide results; results of other code are not taken over. */
export function codeFingerprint(): string {
  const hash = createHash('sha256');
  for (const path of CODE)
    for (const file of filesBelow(path)) hash.update(file).update(readFileSync(join(ROOT, file)));
  return hash.digest('hex').slice(0, 12);
}

function filesBelow(path: string): string[] {
  if (path.includes('.')) return [path];
  return readdirSync(join(ROOT, path), { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(`${path}/${entry.name}`) : [`${path}/${entry.name}`]))
    .sort();
}

/** The finished jobs of a file of JSON lines, which grows by one line per job. A torn last line is left out. */
export class ResultStore {
  readonly code: string;
  /** Lines of other code, which are ignored. */
  readonly foreign: number;
  readonly #file: string;
  readonly #records = new Map<string, JobRecord>();

  /** @param fingerprint of the running code @throws when the file cannot be read */
  constructor(file: string, fingerprint: string) {
    this.#file = file;
    this.code = fingerprint;
    let foreign = 0;
    if (existsSync(file)) {
      const text = readFileSync(file, 'utf8');
      for (const line of text.split('\n')) {
        const record = parseRecord(line);
        if (record === undefined) continue;
        if (record.code === fingerprint) this.#records.set(jobKey(record.job), record);
        else foreign++;
      }
      if (text !== '' && !text.endsWith('\n')) appendFileSync(file, '\n');
    } else mkdirSync(dirname(file), { recursive: true });
    this.foreign = foreign;
  }

  /** Number of results of the running code. */
  get size(): number {
    return this.#records.size;
  }

  /** The finished job, if it is one. */
  find(key: string): JobRecord | undefined {
    return this.#records.get(key);
  }

  /** Appends a finished job. */
  add(record: JobRecord): void {
    appendFileSync(this.#file, `${JSON.stringify(record)}\n`);
    this.#records.set(jobKey(record.job), record);
  }
}

function parseRecord(line: string): JobRecord | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isRecord =
      typeof value === 'object' && value !== null && 'format' in value && value.format === 'trifold-bench-naas-1';
    // Lines of this format are written by `add` alone.
    return isRecord ? (value as JobRecord) : undefined;
  } catch {
    return undefined;
  }
}
