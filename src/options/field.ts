import { z } from 'zod';

declare module 'zod' {
  interface GlobalMeta {
    /** How a field is given on a command line, as commander reads it: `--batch <n>`, `--no-prune`, `<workload...>`. */
    flags?: string;
  }
}

/** A field with its help and how it is given on a command line: as an option (`--batch <n>`) or an argument (`<workload>`). */
export function field<Schema extends z.ZodType>(schema: Schema, flags: string, help: string): Schema {
  return schema.meta({ flags, description: help });
}

/** A whole number of at least `least` and at most `most`. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER) {
  const limit = most === Number.MAX_SAFE_INTEGER ? '' : ` and at most ${most}`;
  const error = `it must be a whole number of at least ${least}${limit}.`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

/** Most generations, iterations or evaluations of a search: more than any search ends with, and all of them can be counted. */
export const MOST_STEPS = 1_000_000_000;
/** Most candidates of a generation: all of them are held at once. */
export const MOST_CANDIDATES = 10_000;
/** Most worker threads. */
export const MOST_WORKERS = 256;

/** A finite number above 0. */
export function positiveNumber() {
  const error = 'it must be a number above 0.';
  return z.number({ error }).positive({ error });
}

/** A number from 0 to 1. */
export function share() {
  const error = 'it must lie between 0 and 1.';
  return z.number({ error }).min(0, { error }).max(1, { error });
}

const SECONDS: Readonly<Record<string, number>> = { ms: 1e-3, s: 1, m: 60, min: 60, h: 3600 };

/** A duration in seconds; as text `500ms`, `10s`, `5m`, `1.5h`, always with its unit. */
export function duration() {
  const error = 'it must be a duration such as 500ms, 30s, 5m or 1h, with its unit.';
  const seconds = z.number({ error }).positive({ error });
  return z.preprocess((value) => (typeof value === 'string' ? secondsOf(value) : value), seconds);
}

function secondsOf(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|min|h)$/.exec(text.trim());
  return match === null ? Number.NaN : Number(match[1]) * SECONDS[match[2]!]!;
}

/** An EDP in pJ*cycles; as text `3.2e11 pJ*cycles`, always with its unit. */
export function edpPjCycles() {
  const error = "it must be an EDP above 0 in pJ*cycles, such as '3.2e11 pJ*cycles' (J*s would depend on the clock).";
  const read = (text: string) => /^([\d.]+(?:e[+-]?\d+)?)\s*pJ\s*\*\s*cycles$/.exec(text.trim())?.[1];
  const value = z.number({ error }).positive({ error });
  return z.preprocess((input) => (typeof input === 'string' ? Number(read(input)) : input), value);
}

/** A field of a request as a command line offers it. */
export interface FieldFlags {
  /** Keys that lead to the field. */
  readonly path: readonly string[];
  readonly flags: string;
  readonly help: string;
  readonly schema: z.ZodType;
  /** The words it may be; undefined where it is no choice. */
  readonly choices: readonly string[] | undefined;
  /** Undefined where there is none. */
  readonly defaultValue: unknown;
  readonly isRequired: boolean;
  readonly isList: boolean;
  /** Whether the value of a command line is a number. */
  readonly isNumber: boolean;
}

/** The fields of a request that a command line can give, those of nested objects included: arguments, then what is required, then the rest. */
export function fieldFlags(schema: z.ZodObject): FieldFlags[] {
  const rank = ({ flags, isRequired }: FieldFlags) => (!flags.startsWith('-') ? 0 : isRequired ? 1 : 2);
  return fieldsBelow(schema, []).sort((a, b) => rank(a) - rank(b));
}

function fieldsBelow({ shape }: z.ZodObject, path: readonly string[]): FieldFlags[] {
  return Object.entries(shape).flatMap(([key, schema]): FieldFlags[] => {
    const own = [...path, key];
    const { flags, description = '' } = z.globalRegistry.get(schema) ?? {};
    const base = baseOf(schema);
    if (flags === undefined) return base instanceof z.ZodObject ? fieldsBelow(base, own) : [];
    return [
      {
        path: own,
        flags,
        help: description,
        schema: schema as z.ZodType,
        choices: base instanceof z.ZodEnum ? base.options.map(String) : undefined,
        defaultValue: schema instanceof z.ZodDefault ? schema.def.defaultValue : undefined,
        isRequired: !z.safeParse(schema, undefined).success,
        isList: isList(base),
        isNumber: base instanceof z.ZodNumber,
      },
    ];
  });
}

/** Whether a value may be a list; of one value or a list the command line makes a list. */
function isList(base: z.core.$ZodType): boolean {
  return base instanceof z.ZodArray || (base instanceof z.ZodUnion && base.options.some((one) => isList(baseOf(one))));
}

/** The schema below defaults, optionality and immutability. */
function baseOf(schema: z.core.$ZodType): z.core.$ZodType {
  const isWrapped =
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodReadonly;
  return isWrapped ? baseOf(schema.def.innerType) : schema;
}
