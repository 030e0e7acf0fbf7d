/** Writes the keys of entries and the work of functions into docs/workloads.md, from the schema and the model. Run with `npm run docs:workloads`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { workloadSchema } from '../src/formats/workload/workload-schema.ts';
import { ACTIVATION_FUNCTIONS, isFreeWhenFused, vectorWork } from '../src/workload/graph/vector-operation.ts';

/** One kind of entry, or several with the same keys. */
interface Kind {
  readonly names: readonly string[];
  readonly keys: readonly { readonly name: string; readonly isNeeded: boolean; readonly text: string }[];
}

/** Keys that nearly every entry may have: they stand above the table. */
const EVERYWHERE = ['kind', 'name', 'from'];

/** Keys of an entry as JSON Schema describes them. */
interface EntrySchema {
  readonly required?: readonly string[];
  readonly properties: Readonly<
    Record<string, { readonly const?: string; readonly enum?: readonly string[]; readonly description?: string }>
  >;
}

function kinds(): Kind[] {
  const { properties } = z.toJSONSchema(workloadSchema, { io: 'input' }) as unknown as {
    properties: { layers: { items: { oneOf: readonly EntrySchema[] } } };
  };
  return properties.layers.items.oneOf.map(({ required = [], properties: keys }) => ({
    names: keys.kind!.enum ?? [keys.kind!.const!],
    keys: Object.entries(keys).map(([name, { description, enum: values }]) => ({
      name,
      isNeeded: required.includes(name),
      text: [description, values?.map(code).join(', ')].filter((text) => text !== undefined).join(' One of '),
    })),
  }));
}

function keyTable(all: readonly Kind[]): string {
  const rows = all.map(({ names, keys }) => {
    const own = keys.filter(({ name, isNeeded }) => !EVERYWHERE.includes(name) || (isNeeded && name !== 'kind'));
    const list = (needed: boolean) =>
      own
        .filter(({ isNeeded }) => isNeeded === needed)
        .map(({ name }) => code(name))
        .join(', ');
    return `| ${names.map(code).join(', ')} | ${list(true)} | ${list(false)} |`;
  });
  return ['| kind | must have | may have |', '| --- | --- | --- |', ...rows].join('\n');
}

/** What every key says; where that depends on the kind, of each. */
function keyList(all: readonly Kind[]): string {
  const texts = new Map<string, Map<string, string[]>>();
  for (const { names, keys } of all)
    for (const { name, text } of keys) {
      if (name === 'kind') continue;
      const byText = texts.get(name) ?? new Map<string, string[]>();
      texts.set(name, byText.set(text, [...(byText.get(text) ?? []), ...names]));
    }
  return [...texts]
    .map(([name, byText]) => {
      const meanings = [...byText].map(([text, of]) =>
        byText.size === 1 ? text : `${of.map(code).join(', ')}: ${text}`,
      );
      return `- ${code(name)}: ${meanings.join(' ')}`;
    })
    .join('\n');
}

function functionTable(): string {
  const rows = ACTIVATION_FUNCTIONS.map((name) => {
    const operation = { kind: 'activation', function: name } as const;
    const { simple, special } = vectorWork(operation, 1);
    return `| ${code(name)} | ${simple} | ${special} | ${isFreeWhenFused(operation) ? 'nothing' : 'the same'} |`;
  });
  return ['| function | simple per word | special per word | fused |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

const code = (text: string) => `\`${text}\``;

/** The page with its generated parts as the code has them. */
export function workloadDocs(page: string): string {
  const all = kinds();
  return [
    ['keys', `${keyTable(all)}\n\n${keyList(all)}`],
    ['functions', functionTable()],
  ].reduce((text, [part, content]) => {
    const [start, end] = [`<!-- ${part}: npm run docs:workloads -->`, `<!-- end of ${part} -->`];
    const [before, rest] = text.split(start);
    return `${before}${start}\n\n${content}\n\n${end}${(rest ?? '').split(end)[1]}`;
  }, page);
}

if (process.argv[1] === import.meta.filename) {
  const path = resolve(import.meta.dirname, '../docs/workloads.md');
  writeFileSync(path, workloadDocs(readFileSync(path, 'utf8')));
}
