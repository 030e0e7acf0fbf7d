import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { TrifoldError } from '../src/util/errors.ts';
import { type Audit, auditRun } from './naas/audit.ts';
import { Lanes } from './naas/lanes.ts';
import type { Part, PartContext } from './naas/part.ts';
import { budgetsPart } from './naas/part-budgets.ts';
import { convergencePart } from './naas/part-convergence.ts';
import { mapperPart } from './naas/part-mapper.ts';
import { sizingPart } from './naas/part-sizing.ts';
import { encodingPart, strategiesPart } from './naas/part-strategies.ts';
import { technologyPart } from './naas/part-technology.ts';
import { codeFingerprint, ResultStore } from './naas/store.ts';

/** Published results of NAAS beside ours. */

const PARTS: Readonly<Record<string, Part>> = {
  a: budgetsPart,
  b: sizingPart,
  c: encodingPart,
  d: convergencePart,
  e: mapperPart,
  f: technologyPart,
  g: strategiesPart,
};

/** Estimated from processor times of single searches: minutes on two idle cores at default settings and with --quick. */
const MINUTES: Readonly<Record<string, readonly [full: string, quick: string]>> = {
  a: ['25', '0.5'],
  b: ['4', '0.5'],
  c: ['3', '0.2'],
  d: ['1', '0.2'],
  e: ['4', '0.2'],
  f: ['7', '0.1'],
  g: ['10', '0.5'],
  all: ['53', '3'],
};

const HELP = `Published results of NAAS (DAC 2021) beside ours.

  npm run bench:naas -- PART... [options]
  npm run bench:naas -- audit RUN...

Parts, with about how many minutes they take on two idle cores at default settings and with --quick:
${Object.entries(PARTS)
  .map(([name, { title }]) => `  ${name}    ${title} (${MINUTES[name]!.join('; ')} min)`)
  .join('\n')}
  all  all of them; searches that parts share are done once (${MINUTES.all!.join('; ')} min)
  audit RUN...  builds every design of the journals of runs and checks it against the run's budget; exit 1 if one breaks it

Options
  --seeds N               seeds 1..N of every search (default 5; --quick: 2)
  --candidates N          accelerators per search (default 128; parts a and d: 64; --quick: 40)
  --population N          accelerators per generation (default: the application's)
  --dims-per-axis N       problem dims wired to an axis at most (default: the application's; 1 = as published)
  --factors KIND          perfect (default) or imperfect, of searches and baselines; imperfect takes much longer
  --mapper-evaluations N  mappings per layer where the mapper samples (default 300)
  --workload W --budget B setting of parts c to g (default: the part's own)
  --strategies LIST       part g: its searches, such as naas,sizing,random (default: all)
  --separate              part a: one accelerator per network instead of one per budget
  --workers N             child processes (default: the processors)
  --out FILE              finished searches as JSON lines (default runs/bench-naas.jsonl); a killed bench goes on from there
  --csv FILE              series of part d as CSV
  --quick                 smallest settings: does it run, and roughly what comes out

Cells are medians over the seeds with (least..greatest). Gains above 1 are better than the baseline.`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string' },
    candidates: { type: 'string' },
    population: { type: 'string' },
    factors: { type: 'string', default: 'perfect' },
    'dims-per-axis': { type: 'string' },
    'mapper-evaluations': { type: 'string', default: '300' },
    workload: { type: 'string' },
    budget: { type: 'string' },
    strategies: { type: 'string' },
    separate: { type: 'boolean', default: false },
    workers: { type: 'string', default: String(availableParallelism()) },
    out: { type: 'string', default: 'runs/bench-naas.jsonl' },
    csv: { type: 'string' },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function count(name: string, text: string): number {
  const value = Number(text);
  return Number.isSafeInteger(value) && value >= 1 ? value : fail(`--${name} must be a whole number of at least 1`);
}

function audit(directories: readonly string[]): number {
  let isClean = true;
  for (const directory of directories) {
    let outcome: Audit;
    try {
      outcome = auditRun(directory);
    } catch (error) {
      if (error instanceof TrifoldError) fail(error.message);
      throw error;
    }
    const { lines, designs, findings } = outcome;
    console.log(
      `${directory}: ${designs} designs on ${lines} lines of the journal, ${findings.length === 0 ? 'all keep the budget' : `${findings.length} findings`}`,
    );
    for (const { line, trial, message } of findings) console.log(`  line ${line}, trial ${trial}: ${message}`);
    isClean &&= findings.length === 0;
  }
  return isClean ? 0 : 1;
}

async function runParts(names: readonly string[]): Promise<void> {
  const store = new ResultStore(options.out, codeFingerprint());
  if (store.size > 0) console.error(`${options.out}: ${store.size} finished jobs`);
  if (store.foreign > 0) console.error(`${options.out}: ${store.foreign} lines of other code are not used`);
  const lanes = new Lanes(store, count('workers', options.workers), (line) => console.error(line));
  const seeds = count('seeds', options.seeds ?? (options.quick ? '2' : '5'));
  const context: PartContext = {
    lanes,
    seeds: Array.from({ length: seeds }, (_, i) => i + 1),
    candidates: options.candidates === undefined ? null : count('candidates', options.candidates),
    population: options.population === undefined ? null : count('population', options.population),
    dimsPerAxis: options['dims-per-axis'] === undefined ? null : count('dims-per-axis', options['dims-per-axis']),
    factors: options.factors === 'imperfect' ? 'imperfect' : 'perfect',
    quick: options.quick,
    separate: options.separate,
    mapperEvaluations: count('mapper-evaluations', options['mapper-evaluations']),
    strategies: options.strategies?.split(',') ?? null,
    workload: options.workload ?? null,
    budget: options.budget ?? null,
  };
  try {
    // All parts ask for their searches at once, so that no process waits at the end of a part.
    const outputs = names.map((name) => PARTS[name]!.run(context).catch((error: unknown) => toError(error)));
    for (const [i, name] of names.entries()) {
      const { title, about } = PARTS[name]!;
      const output = await outputs[i]!;
      console.log(`\n(${name}) ${title}\n${about}\n`);
      if (output instanceof Error) {
        console.log(`failed: ${output.message}`);
        process.exitCode = 1;
        continue;
      }
      const { lines, csv } = output;
      for (const line of lines) console.log(line);
      if (csv !== undefined && options.csv !== undefined) writeFileSync(options.csv, `${csv.join('\n')}\n`);
    }
  } finally {
    lanes.close();
  }
}

if (options.help || positionals.length === 0) {
  console.log(HELP);
  process.exit(options.help ? 0 : 2);
}
if (positionals[0] === 'audit') {
  if (positionals.length === 1) fail('audit needs run folders');
  process.exitCode = audit(positionals.slice(1));
} else {
  const names = positionals.includes('all') ? Object.keys(PARTS) : positionals;
  const unknown = names.find((name) => PARTS[name] === undefined);
  if (unknown !== undefined) fail(`no part ${unknown}; known are ${Object.keys(PARTS).join(', ')}, all and audit`);
  await runParts(names);
}
