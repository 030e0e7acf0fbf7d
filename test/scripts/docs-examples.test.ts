import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { workloadDocs } from '../../scripts/workload-docs.ts';
import { statedTerms } from '../../src/accelerator/overhead-data.ts';
import { vectorReport } from '../../src/app/explain/vector-report.ts';
import { loadAccelerator, loadWorkload, presetNames } from '../../src/app/presets/load.ts';
import { describeVectorOperators } from '../../src/cli/text/vector-text.ts';
import { notModelled } from '../../src/cost/analysis/not-modelled.ts';
import { networkVectorDemands } from '../../src/cost/vector-cost.ts';
import { overheadKeys } from '../../src/formats/accelerator-overheads.ts';
import { COMMON } from '../../src/options/command.ts';
import { COMMANDS } from '../../src/options/commands.ts';
import { fieldFlags } from '../../src/options/field.ts';
import { networkMacs, networkParameters, operatorParameters } from '../../src/workload/network.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'trifold-docs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const page = (name: string) => readFileSync(join(ROOT, name), 'utf8');

/** Blocks of code of a page, by language. */
function blocks(name: string, language: string): string[] {
  const parts = page(name).split(/^```/m);
  return parts.flatMap((part, i) =>
    i % 2 === 1 && part.startsWith(`${language}\n`) ? [part.slice(language.length + 1)] : [],
  );
}

function saved(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe('docs/workloads.md', () => {
  it('has the keys and functions that files are read with', () => {
    expect(page('docs/workloads.md')).toBe(workloadDocs(page('docs/workloads.md')));
  });

  it('has networks that are read, and prints what is said of them', () => {
    const networks = blocks('docs/workloads.md', 'yaml').map(
      (text, i) => loadWorkload(saved(`${i}.yaml`, text)).network,
    );
    expect(networks.map(({ name }) => name)).toEqual(['tiny', 'encoder']);
    const [tiny, encoder] = networks;

    const [unit] = blocks('docs/files.md', 'yaml');
    const preset = readFileSync(join(ROOT, 'accelerators/eyeriss.yaml'), 'utf8').replace(
      'technology: cacti-65nm',
      `technology: ${join(ROOT, 'accelerators/technology/cacti-65nm.yaml')}`,
    );
    const accelerator = loadAccelerator(saved('mine.yaml', preset + unit!));
    const vector = vectorReport(networkVectorDemands(encoder!), accelerator);
    const lines = describeVectorOperators({ vector, accelerator, network: encoder! });
    const [limit] = notModelled(loadAccelerator('eyeriss'), [tiny!]).slice(-1);
    expect(blocks('docs/workloads.md', '')).toEqual([`${limit}\n`, `${lines.slice(1).join('\n')}\n`]);
  });
});

describe('docs/overheads.md', () => {
  it('has an accelerator with every key, each explained, that is read to what the text says', () => {
    const text = page('docs/overheads.md');
    const [example] = blocks('docs/overheads.md', 'yaml');
    const terms = statedTerms(loadAccelerator(saved('overheads.yaml', example!)));
    expect(new Set(terms.map(({ key }) => key))).toEqual(new Set(Object.keys(overheadKeys)));
    const titles = [...text.matchAll(/^## (.*)$/gm)].flatMap(([, title]) => title!.split(' and '));
    for (const { level, key, value } of terms) {
      expect(titles).toContain(key);
      expect(example).toContain(`- name: ${level}`);
      if (key !== 'layout') expect(text.split('## launch')[1]).toContain(`${key}: ${value}`);
    }
  });
});

describe('networks of docs/workloads.md', () => {
  const rows = [...page('docs/workloads.md').matchAll(/^\| ([\w.-]+) \| ([\d,]+) \| ([\d.]+) M \| ([\d.]+) G \|$/gm)];

  it.each(rows.map((row) => row.slice(1)))('%s has the counts of the table', (name, parameters, inLayers, macs) => {
    const { network } = loadWorkload(name!);
    const layers = networkParameters(network);
    expect((layers + operatorParameters(network)).toLocaleString('en-US')).toBe(parameters);
    expect((layers / 1e6).toFixed(2)).toBe(inLayers);
    expect((networkMacs(network) / 1e9).toFixed(2)).toBe(macs);
  });

  it('are all language models among the presets', () => {
    const models = presetNames('workloads').filter((name) => /^(gpt|llama|qwen)/.test(name));
    expect(rows.map(([, name]) => name).sort()).toEqual(models);
  });
});

describe('commands of the documentation', () => {
  const pages = [
    'README.md',
    ...['workloads', 'onnx', 'files', 'overheads', 'mapping', 'design', 'networks', 'runs', 'results'].map(
      (name) => `docs/${name}.md`,
    ),
  ];
  const commands = pages.flatMap((name) =>
    [...page(name).matchAll(/(?:`|^)(trifold [^`\n]*)/gm)].map(([, command]) => [name, command!] as const),
  );

  it('are found on every page', () => {
    expect([...new Set(commands.map(([name]) => name))]).toEqual(pages);
  });

  it.each(commands)('%s: %s is one that there is, with its options', (_, command) => {
    const words = command
      .split(/ +#| \| | > /)[0]!
      .trim()
      .split(/ +/)
      .slice(1);
    const name = ['validate', 'help'].includes(words[0]!) ? words.slice(0, 2).join(' ') : words[0]!;
    if (name === 'COMMAND' || name.startsWith('-')) return;
    const found = COMMANDS.find((one) => one.name === name);
    expect(found, name).toBeDefined();
    const flags = [...fieldFlags(found!.request), ...fieldFlags(found!.process), ...fieldFlags(COMMON)].flatMap(
      ({ flags: text }) => text.match(/(?<![\w-])--?[a-z][a-z-]*/g) ?? [],
    );
    for (const word of words.filter((one) => /^--?[a-z]/.test(one)))
      expect([...flags, '--help'], command).toContain(word);
  });
});
