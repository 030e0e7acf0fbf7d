import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CosearchRequest, cosearchInputs } from '../../src/app/cosearch/inputs.ts';
import { COSEARCH_RUN } from '../../src/app/cosearch/run.ts';
import { designInputs } from '../../src/app/design/inputs.ts';
import { DESIGN_RUN } from '../../src/app/design/run.ts';
import { type ExhaustiveRequest, exhaustiveInputs } from '../../src/app/exhaustive/inputs.ts';
import { EXHAUSTIVE_RUN } from '../../src/app/exhaustive/run.ts';
import { openLayerPool } from '../../src/app/layers/layer-pool.ts';
import { mapInputs } from '../../src/app/map/inputs.ts';
import { MAP_RUN } from '../../src/app/map/run.ts';
import type { RunInputs, RunKind } from '../../src/app/run/kind.ts';
import { type RunResult, resumeRun, startRun } from '../../src/app/run/lifecycle.ts';
import { type RunLimits, unlimited } from '../../src/app/run/limits.ts';
import type { RunListener } from '../../src/app/run/listener.ts';
import { writeOutput } from '../../src/app/run/output-files.ts';
import { runSweep, sweepCsv } from '../../src/app/sweep/sweep.ts';
import type { DesignOptions } from '../../src/options/design.ts';
import type { MapRequest } from '../../src/options/map.ts';
import type { SweepRequest } from '../../src/options/sweep.ts';
import type { RunEvent } from '../../src/search/run-events.ts';

/** The answer for a layer whose time was over. */
export const OUT_OF_TIME = {
  kind: 'failed',
  code: 'time-out',
  message: 'the time was over',
  details: {},
  outcome: { kind: 'unmappable', reason: 'the time was over', isTimeOut: true },
  outOfNodes: false,
} as const;

/** A path for a run that does not exist yet. */
export function freshFolder(): string {
  return join(mkdtempSync(join(tmpdir(), 'trifold-run-')), 'run');
}

/** Hears events and says whether the run should end. */
export function listener(
  onEvent: (event: RunEvent) => void = () => {},
  isInterrupted: () => boolean = () => false,
): RunListener {
  return { onEvent, isInterrupted };
}

/** Everything a run leaves behind that must not depend on when it was stopped. */
export function results(directory: string): Record<string, string> {
  const names = readdirSync(directory).filter((name) => /\.(yaml|csv)$|^summary\.json$/.test(name));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(directory, name), 'utf8')]));
}

/** Starts and continues runs of one kind with one worker unless stated otherwise. */
function runsOf<Request, Inputs extends RunInputs, State, Finished>(
  kind: RunKind<Inputs, State, Finished>,
  inputsOf: (request: Request) => Inputs,
) {
  const limitsOf = (limits: Partial<RunLimits>) => ({ ...unlimited(limits.workers ?? 1), ...limits });
  return {
    start: async (
      request: Request,
      out: string | null = freshFolder(),
      limits: Partial<RunLimits> = {},
      to: RunListener = listener(),
      nowMs?: () => number,
    ): Promise<RunResult<Finished> & { readonly directory: string }> => {
      const place = { out, command: ['trifold', kind.name] };
      const result = await startRun(kind, inputsOf(request), place, limitsOf(limits), to, nowMs);
      return { ...result, directory: result.directory ?? '' };
    },
    resume: (directory: string, limits: Partial<RunLimits> = {}, to: RunListener = listener()) =>
      resumeRun(kind, directory, limitsOf(limits), to),
  };
}

export const designRuns = runsOf(DESIGN_RUN, (options: DesignOptions) => designInputs(options));
export const cosearchRuns = runsOf(COSEARCH_RUN, (request: CosearchRequest) => cosearchInputs(request));
export const exhaustiveRuns = runsOf(EXHAUSTIVE_RUN, (request: ExhaustiveRequest) => exhaustiveInputs(request));
export const mapRuns = runsOf(MAP_RUN, (request: MapRequest) => mapInputs(request));

/** Maps a network without a folder. */
export async function mapped(request: MapRequest, onEvent: (event: RunEvent) => void = () => {}, workers = 1) {
  return (await mapRuns.start(request, null, { workers }, listener(onEvent))).finished!;
}

/** Sweeps on this thread. */
export async function swept(
  request: SweepRequest & { readonly csv?: string },
  emit: (event: RunEvent) => void = () => {},
) {
  const pool = openLayerPool({ workers: 1 });
  const result = await runSweep(request, pool, emit).finally(pool.close);
  if (request.csv !== undefined) writeOutput(request.csv, sweepCsv(result), false);
  return result;
}
