import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { addCommand, type CommandLine } from '../../src/cli/command-line.ts';
import { runLimits } from '../../src/cli/run-limits.ts';
import { COMMON, type CommandSpec } from '../../src/options/command.ts';
import { COMMANDS } from '../../src/options/commands.ts';
import { COSEARCH } from '../../src/options/cosearch.ts';
import { DESIGN } from '../../src/options/design.ts';
import { type FieldFlags, fieldFlags } from '../../src/options/field.ts';
import { MAP } from '../../src/options/map.ts';
import { RESUME } from '../../src/options/runs.ts';

type Line = CommandLine<z.ZodObject, z.ZodObject>;

/** Reads a command line as `trifold` does, without running anything. */
async function read(spec: CommandSpec, argv: readonly string[]): Promise<Line> {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  let line: Line | undefined;
  addCommand(program, spec, async (heard) => {
    line = heard;
  });
  for (const command of program.commands) command.exitOverride();
  await program.parseAsync(['node', 'trifold', spec.name.split(' ').at(-1)!, ...argv]);
  return line!;
}

const isOption = ({ flags }: FieldFlags) => flags.startsWith('-');
const flagOf = ({ flags }: FieldFlags) => flags.split(/,? /)[0]!;
const at = (value: unknown, path: readonly string[]) =>
  path.reduce((inner, key) => (inner as Record<string, unknown>)[key], value);

/** A text that is not the default, and the value that it stands for. */
function sample(one: FieldFlags): { readonly words: readonly string[]; readonly value: unknown } {
  const flag = flagOf(one);
  if (typeof one.defaultValue === 'boolean') return { words: [flag], value: !one.defaultValue };
  if (!one.flags.includes('<')) return { words: [flag], value: true };
  if (one.choices !== undefined) {
    const other = one.choices.find((choice) => choice !== one.defaultValue)!;
    return { words: [flag, other], value: other };
  }
  if (one.isList) return { words: [flag, 'a', flag, 'b'], value: ['a', 'b'] };
  for (const text of ['7', '0.3', '90s', '7 pJ*cycles', 'some words']) {
    const found = one.schema.safeParse(one.isNumber ? Number(text) : text);
    if (found.success && found.data !== one.defaultValue) return { words: [flag, text], value: found.data };
  }
  throw new Error(`no sample for ${one.flags}`);
}

/** Arguments and options that a command does not do without. */
function required(spec: CommandSpec, without?: FieldFlags): string[] {
  const fields = fieldFlags(spec.request).filter((one) => one.isRequired && one.flags !== without?.flags);
  const places = fields.filter((one) => !isOption(one)).map((_, i) => `place${i}`);
  return [...places, ...fields.filter(isOption).flatMap((one) => sample(one).words)];
}

/** What goes with an option that only some values of another field read. */
function companions(spec: CommandSpec, flag: string): string[] {
  const named = flag.replace(/^--(no-)?/, '').replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const only = spec.only?.[named];
  if (only === undefined) return [];
  return [`--${only.field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, only.is[0]!];
}

describe.each(COMMANDS.map((spec) => [spec.name, spec] as const))('trifold %s', (_, spec) => {
  const options = [
    ...fieldFlags(spec.request).map((one) => ['request', one] as const),
    ...fieldFlags(spec.process).map((one) => ['process', one] as const),
    ...fieldFlags(COMMON)
      .filter((one) => !Object.hasOwn(spec.refused ?? {}, one.path[0]!))
      .map((one) => ['common', one] as const),
  ].filter(([, one]) => isOption(one));

  it('takes every option that its schemas state to its place', async () => {
    for (const [part, one] of options) {
      const { words, value } = sample(one);
      const line = await read(spec, [...required(spec, one), ...companions(spec, words[0]!), ...words]);
      expect([one.flags, at(line[part], one.path)]).toEqual([one.flags, value]);
    }
  });

  it('has the defaults of its schemas where nothing is stated', async () => {
    const line = await read(spec, required(spec));
    for (const [part, one] of options)
      if (!one.isRequired && one.path[0] !== 'workers')
        expect([one.flags, at(line[part], one.path)]).toEqual([one.flags, one.defaultValue]);
  });

  it('takes its arguments in order', async () => {
    const places = fieldFlags(spec.request).filter((one) => !isOption(one));
    const words = places.map((one, i) => one.choices?.[0] ?? `place${i}`);
    const others = required(spec).filter((word) => !word.startsWith('place'));
    const line = await read(spec, [...words, ...others]);
    for (const [i, one] of places.entries()) expect([at(line.request, one.path)].flat()).toEqual([words[i]]);
  });

  it('shows every field in its help', () => {
    const program = new Command();
    addCommand(program, spec, async () => {});
    const help = program.commands[0]!.helpInformation().replace(/\s+/g, ' ');
    for (const one of [...fieldFlags(spec.request), ...fieldFlags(spec.process)]) {
      if (isOption(one)) expect(help).toContain(one.flags);
      expect(help).toContain(one.help.split('(')[0]!.trim());
    }
  });
});

describe('values that a schema refuses', () => {
  it.each([
    [MAP, ['--batch', '0'], 'whole number of at least 1'],
    [MAP, ['--batch', '2.5'], 'whole number of at least 1'],
    [MAP, ['--batch', '0x10'], 'whole number of at least 1'],
    [MAP, ['--time', '5 weeks'], 'a duration such as'],
    [MAP, ['--time', '0s'], 'a duration such as'],
    [MAP, ['--time', '40'], 'with its unit'],
    [DESIGN, ['--target', '3e11'], 'in pJ*cycles'],
    [DESIGN, ['--target', '0 pJ*cycles'], 'in pJ*cycles'],
    [DESIGN, ['--target', '2 J*s'], 'J*s would depend on the clock'],
    [DESIGN, ['--target', '-1'], 'above 0'],
    [DESIGN, ['--population', '1'], 'at least 2'],
    [COSEARCH, ['--parent-ratio', '1.5'], 'between 0 and 1'],
    [MAP, ['--mapper', 'best'], 'Allowed choices are exact'],
  ] as const)('are refused with its message', async (spec, words, message) => {
    await expect(read(spec, [...required(spec), ...words])).rejects.toThrow(message);
  });

  it('of an EDP are read in pJ*cycles', async () => {
    for (const text of ['3e11 pJ*cycles', '3e11pJ*cycles', '300000000000 pJ * cycles'])
      expect((await read(DESIGN, [...required(DESIGN), '--target', text])).process.targetEdp).toBe(3e11);
  });

  it('of durations are read in seconds', async () => {
    for (const [text, seconds] of [
      ['500ms', 0.5],
      ['10s', 10],
      ['5m', 300],
      ['1.5h', 5400],
    ] as const)
      expect((await read(MAP, [...required(MAP), '--time', text])).request.time).toBe(seconds);
  });
});

describe('options without effect', () => {
  it.each([
    [COSEARCH, ['--search', 'joint', '--networks', '5'], '--networks has no effect with --search joint'],
    [COSEARCH, ['--iterations', '2', '--search', 'exhaustive'], '--iterations has no effect with --search exhaustive'],
    [COSEARCH, ['--recorded', 'ms'], '--recorded has no effect with --search nested'],
    [DESIGN, ['--mapper-evaluations', '300'], '--mapper-evaluations has no effect with --mapper exact'],
    [MAP, ['--no-pin-weights', '--between-layers', 'off'], '--no-pin-weights has no effect with --between-layers off'],
    [DESIGN, ['--no-pin-weights'], '--no-pin-weights has no effect with --between-layers off'],
  ] as const)('are refused beside what does not read them', async (spec, words, message) => {
    await expect(read(spec, [...required(spec), ...words])).rejects.toThrow(message);
  });

  it('are refused: a resumed run has its seed', async () => {
    const asked = read(RESUME, [...required(RESUME), '--seed', '1']);
    await expect(asked).rejects.toThrow('resume takes no --seed: a run goes on with the seed that it was started with');
    expect((await read(RESUME, required(RESUME))).common.seed).toBe(1);
  });
});

describe('limits of a run', () => {
  it('are those of the command line', () => {
    const given = { cache: false, time: 3, evaluations: 4, targetEdp: 5 };
    const common = { workers: 2 };
    expect(runLimits(given, common)).toMatchObject({
      caches: null,
      timeSeconds: 3,
      evaluations: 4,
      targetEdpPjCycles: 5,
    });
    const none = {
      timeSeconds: null,
      finalSeconds: null,
      evaluations: null,
      targetEdpPjCycles: null,
      workers: 2,
      offMainThread: true,
    };
    expect(runLimits({ cache: false }, common)).toEqual({ ...none, caches: null });
  });
});
