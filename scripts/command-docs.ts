/** Writes docs/commands.md from the schemas that the command line reads options with. Run with `npm run docs:commands`. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { COMMON, type CommandSpec } from '../src/options/command.ts';
import { COMMANDS } from '../src/options/commands.ts';
import { type FieldFlags, fieldFlags } from '../src/options/field.ts';

/** docs/commands.md. */
export function commandDocs(): string {
  return `${[
    '# Commands',
    'Written by `npm run docs:commands` from the schemas that read the options; `trifold COMMAND --help` prints the same.',
    ...COMMANDS.map(commandText),
    `## Options of every command\n\n${fieldFlags(COMMON).map(bullet).join('\n')}`,
  ].join('\n\n')}\n`;
}

const COMMON_FLAGS = new Set(fieldFlags(COMMON).map(({ flags }) => flags));

function commandText({ name, summary, request, process, example, details }: CommandSpec): string {
  const fields = [...fieldFlags(request), ...fieldFlags(process)].filter(({ flags }) => !COMMON_FLAGS.has(flags));
  const places = fields.filter(({ flags }) => !flags.startsWith('-'));
  const usage = ['trifold', name, ...places.map(({ flags }) => flags), '[options]'].join(' ');
  return [
    `## ${name}`,
    `${summary[0]!.toUpperCase()}${summary.slice(1)}.`,
    `\`\`\`sh\n${usage}\n${example}\n\`\`\``,
    ...(fields.length === 0 ? [] : [fields.map(bullet).join('\n')]),
    ...(details === '' ? [] : [`\`\`\`\n${details.trim()}\n\`\`\``]),
  ].join('\n\n');
}

function bullet({ flags, help, choices, defaultValue, isRequired }: FieldFlags): string {
  const notes = [
    ...(isRequired && flags.startsWith('-') ? ['required'] : []),
    ...(choices === undefined ? [] : [`one of ${choices.map((choice) => `\`${choice}\``).join(', ')}`]),
    ...(typeof defaultValue === 'string' || typeof defaultValue === 'number' ? [`default ${defaultValue}`] : []),
  ];
  return `- \`${flags}\`: ${help}${notes.length === 0 ? '' : `; ${notes.join('; ')}`}`;
}

if (process.argv[1] === import.meta.filename)
  writeFileSync(resolve(import.meta.dirname, '../docs/commands.md'), commandDocs());
