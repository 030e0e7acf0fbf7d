import { join } from 'node:path';
import { inFile, RUN_FILES, type RunDescription, readDescription, readSummary } from '../../study/run-files.ts';
import { TrifoldError } from '../../util/errors.ts';
import { shownJson } from '../../util/shown-text.ts';
import type { RunDemand, RunInputs, RunKind } from './kind.ts';
import { isOwnerMark, ownerMark } from './owner-key.ts';

/** Characters of a demand that are shown at most: what is longer is not asked about, as it could hide its end. */
const MOST_SHOWN = 2000;

/** Environment variables. */
type Environment = Readonly<Record<string, string | undefined>>;

/** A run folder that would do something outside of it, and that this user did not start here. */
export interface ForeignRun {
  readonly directory: string;
  /** What it would do, one per line, harmless to a terminal. */
  readonly demands: readonly string[];
}

/** Asks the user; false = no. */
export type AskTrust = (run: ForeignRun) => Promise<boolean>;

/** What was agreed to: continuing this very description. Without it a folder that demands something is refused. */
export interface ResumeConsent {
  readonly text: string;
}

/** The mark of a new run that demands something of the machine; undefined for others, and where no key can be kept. */
export function markFor(
  demands: readonly RunDemand[],
  environment: Environment,
): ((text: string) => string | null) | undefined {
  return demands.length === 0 ? undefined : (text) => ownerMark(text, environment);
}

/**
 * Whether a run may go on: one that demands nothing, one that this user started here, or one that the user agrees to.
 * @param ask called for all others
 * @throws TrifoldError `foreign` when it may not, with what it would do
 */
export async function consentToResume<Inputs extends RunInputs>(
  kind: Pick<RunKind<Inputs, unknown, unknown>, 'readInputs' | 'demands'>,
  directory: string,
  ask: AskTrust,
  environment: Environment = process.env,
): Promise<ResumeConsent | undefined> {
  const description = readDescription(directory);
  // A finished run is read, never continued.
  if (readSummary(directory) !== undefined) return undefined;
  const foreign = foreignRun(kind, directory, description, environment);
  if (foreign !== null && !(isShowable(foreign) && (await ask(foreign)))) throw refusal(foreign);
  return { text: JSON.stringify(description) };
}

/** @throws TrifoldError `foreign` when what was opened may not go on: nobody agreed to it, or it is not what was agreed to */
export function refuseForeign<Inputs extends RunInputs>(
  kind: Pick<RunKind<Inputs, unknown, unknown>, 'readInputs' | 'demands'>,
  directory: string,
  description: RunDescription,
  consent: ResumeConsent | undefined,
  environment: Environment = process.env,
): void {
  if (consent?.text === JSON.stringify(description)) return;
  const foreign = foreignRun(kind, directory, description, environment);
  if (foreign !== null) throw refusal(foreign);
}

function foreignRun<Inputs extends RunInputs>(
  { readInputs, demands }: Pick<RunKind<Inputs, unknown, unknown>, 'readInputs' | 'demands'>,
  directory: string,
  { mark, ...marked }: RunDescription,
  environment: Environment,
): ForeignRun | null {
  const inputs = inFile(join(directory, RUN_FILES.description), () => readInputs(marked.configuration));
  const asked = inputs === null ? [] : (demands?.(inputs) ?? []);
  if (asked.length === 0) return null;
  if (mark !== undefined && isOwnerMark(mark, JSON.stringify(marked), environment)) return null;
  return { directory, demands: asked.map(demandText) };
}

const VERBS: Readonly<Record<RunDemand['kind'], string>> = {
  command: 'run the command',
  write: 'write the file',
  read: 'read the file',
};

function demandText({ kind, text }: RunDemand): string {
  return `${VERBS[kind]} ${shownJson(text)}`;
}

function isShowable({ demands }: ForeignRun): boolean {
  return demands.every((text) => text.length <= MOST_SHOWN);
}

function refusal({ directory, demands }: ForeignRun): TrifoldError {
  const lines = demands.map(
    (text) => `  ${text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN)} … (${text.length} characters)`}`,
  );
  return new TrifoldError(
    'foreign',
    `${directory} was not started by you in this working directory, and going on with it would`,
    {
      lines,
      hint: 'if you want that, say --trust; trifold report and trifold watch show the run without doing any of it',
    },
  );
}
