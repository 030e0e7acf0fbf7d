import { z } from 'zod';
import { TrifoldError } from '../util/errors.ts';
import { field, MOST_WORKERS, wholeNumber } from './field.ts';

/** A command: what its options, help, documentation and JSON requests are made of. */
export interface CommandSpec<Request extends z.ZodObject = z.ZodObject, Process extends z.ZodObject = z.ZodObject> {
  /** Words of the command, e.g. `map`, `validate records`. */
  readonly name: string;
  readonly summary: string;
  /** The request: with the same one every process gives the same result. Run folders keep it. */
  readonly request: Request;
  /** How this process answers it: where results go and when it ends. */
  readonly process: Process;
  /** Which of the options that every command accepts its help shows. */
  readonly shows: readonly (keyof CommonOptions)[];
  /** Options that every command accepts but this one, where they would mislead: why. */
  readonly refused?: Readonly<Partial<Record<keyof CommonOptions, string>>>;
  /** Options (as camelCase names) that only some values of another field of the request read: refused with the others, as they would have no effect. */
  readonly only?: Readonly<Record<string, { readonly field: string; readonly is: readonly string[] }>>;
  readonly example: string;
  /** More help after the options; empty where there is none. */
  readonly details: string;
}

/** The request of a command as its schema reads it. */
export type RequestOf<Spec extends CommandSpec> = z.output<Spec['request']>;

/** No options of its own. */
export const NONE = z.object({});

/** Options that every command accepts; the command line puts the threads of the machine in place of one worker. */
export const COMMON = z.object({
  json: field(z.boolean().default(false), '--json', 'print one JSON document on stdout, nothing else'),
  seed: field(wholeNumber(0).default(1), '--seed <n>', 'seed of everything random'),
  workers: field(
    wholeNumber(1, MOST_WORKERS).default(1),
    '--workers <n>',
    'worker threads; the result does not depend on it',
  ),
  quiet: field(z.boolean().default(false), '--quiet', 'no progress on stderr'),
  plain: field(z.boolean().default(false), '--plain', 'no live view'),
});

/** Options that every command accepts, as they are read. */
export type CommonOptions = z.output<typeof COMMON>;

/** Common options that a command that goes on with something shows. */
export const WITHOUT_SEED = ['json', 'workers', 'quiet', 'plain'] as const;
/** Common options that a command that maps or searches shows. */
export const ALL_COMMON = ['json', 'seed', 'workers', 'quiet', 'plain'] as const;

/**
 * Reads a request, with defaults where nothing is stated.
 * @throws TrifoldError `usage` with the key path of the first field that cannot be read
 */
export function readRequest<Schema extends z.ZodObject>(schema: Schema, value: unknown): z.output<Schema> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const { path, message } = read.error.issues[0]!;
  throw new TrifoldError('usage', `the request cannot be read: ${message}`, { keyPath: path.join('.') });
}
