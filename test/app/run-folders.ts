import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunListener } from '../../src/app/run/listener.ts';
import type { RunEvent } from '../../src/search/run-events.ts';

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
