import { availableParallelism } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { z } from 'zod';
import { prepareToRead } from '../app/presets/models.ts';
import { COMMON, type CommandSpec, type CommonOptions, readRequest } from '../options/command.ts';
import { type FieldFlags, fieldFlags } from '../options/field.ts';
import { TrifoldError } from '../util/errors.ts';
import { shownText } from '../util/shown-text.ts';

/** A command line that was read. */
export interface CommandLine<Request extends z.ZodObject, Process extends z.ZodObject> {
  readonly request: z.output<Request>;
  readonly process: z.output<Process>;
  readonly common: CommonOptions;
}

/** Adds a command with the arguments, options and help that its schemas state. */
export function addCommand<Request extends z.ZodObject, Process extends z.ZodObject>(
  parent: Command,
  spec: CommandSpec<Request, Process>,
  action: (line: CommandLine<Request, Process>) => Promise<void>,
): void {
  const command = parent.command(spec.name.split(' ').at(-1)!).description(spec.summary);
  const fields = fieldFlags(spec.request);
  const places = fields.filter(isArgument);
  for (const { flags, help, choices } of places) {
    const argument = command.createArgument(flags, help);
    command.addArgument(choices === undefined ? argument : argument.choices(choices));
  }
  const options = [...fields.filter((one) => !isArgument(one)), ...fieldFlags(spec.process)].map(optionOf);
  const common = fieldFlags(COMMON).map(optionOf);
  for (const option of common) {
    if (option.attributeName() === 'workers') option.default(Math.min(8, availableParallelism()));
    option.hideHelp(!spec.shows.some((name) => name === option.attributeName()));
  }
  // A command's own wording of a common option stands where its help shows the common ones.
  const isCommon = (option: Option) => common.some((other) => other.flags === option.flags);
  for (const option of [...options.filter((one) => !isCommon(one)), ...common]) command.addOption(option);
  command.addHelpText('after', `${spec.details}\nExample:\n  ${spec.example}`);
  command.action(async (...given: unknown[]) => {
    const read = <Schema extends z.ZodObject>(schema: Schema): z.output<Schema> => {
      const value: Nested = {};
      for (const one of fieldFlags(schema)) {
        const place = places.findIndex(({ flags }) => flags === one.flags);
        put(value, one.path, place >= 0 ? given[place] : command.opts()[optionOf(one).attributeName()]);
      }
      return readRequest(schema, value);
    };
    for (const [name, why] of Object.entries(spec.refused ?? {}))
      if (command.getOptionValueSource(name) === 'cli')
        throw new TrifoldError('usage', `${spec.name} takes no --${name}: ${why}`, { hint: `leave out --${name}` });
    const request = read(spec.request);
    for (const [name, { field, is }] of Object.entries(spec.only ?? {})) {
      const value = String(request[field]);
      const flagOf = (own: string) => command.options.find((option) => option.attributeName() === own)?.long ?? own;
      if (command.getOptionValueSource(name) === 'cli' && !is.includes(value))
        throw new TrifoldError('usage', `${flagOf(name)} has no effect with ${flagOf(field)} ${value}`, {
          hint: `it goes with ${flagOf(field)} ${is.join(', ')}; leave it out`,
        });
    }
    await prepareToRead(
      Object.values(request)
        .flat()
        .filter((value) => typeof value === 'string'),
    );
    await action({ request, process: read(spec.process), common: read(COMMON) });
  });
}

interface Nested {
  [key: string]: unknown;
}

function put(into: Nested, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path;
  if (rest.length === 0) into[key!] = value;
  else {
    into[key!] ??= {};
    put(into[key!] as Nested, rest, value);
  }
}

function isArgument({ flags }: FieldFlags): boolean {
  return !flags.startsWith('-');
}

/** A field as commander knows options. Values that the schema refuses are refused with its message. */
function optionOf({ flags, help, schema, choices, defaultValue, isRequired, isList, isNumber }: FieldFlags): Option {
  const option = new Option(flags, help);
  if (isRequired) option.makeOptionMandatory();
  if (defaultValue !== undefined) option.default(defaultValue);
  if (choices !== undefined) return option.choices(choices);
  if (isList) return option.argParser((text, before: readonly string[] | undefined) => [...(before ?? []), text]);
  if (option.isBoolean() || option.negate) return option;
  return option.argParser((text) => {
    const read = schema.safeParse(isNumber ? numberOf(text) : text);
    if (!read.success) throw new InvalidArgumentError(read.error.issues[0]!.message);
    return read.data;
  });
}

/** Characters of a usage error, which repeats what was given. */
const MOST_SHOWN = 1000;

/** What is wrong with a command line as text of commander: words of the user are shown in one line, its suggestion in another. */
export function shownUsageError(text: string): string {
  const end = /(?:\n\(Did you mean [^\n]*\))?\n$/.exec(text)?.index ?? text.length;
  const message = text.slice(0, end);
  return `${shownText(message.length > MOST_SHOWN ? `${message.slice(0, MOST_SHOWN)} …` : message)}${text.slice(end)}`;
}

/** NaN for what is no plain decimal number. */
function numberOf(text: string): number {
  return /^[+-]?(\d+(?:\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : Number.NaN;
}
