import { Argument, type Command } from 'commander';
import type { CommonOptions } from '../context.ts';
import { print, printJson, withPlainOptions } from '../context.ts';

const KINDS = ['workloads', 'accelerators', 'budgets', 'technologies', 'mappings', 'spaces'] as const;

/** `trifold list` and `trifold show`: the presets and the network spaces. */
export function addListCommands(program: Command): void {
  const list = program
    .command('list')
    .description('the presets and network spaces that exist')
    .addArgument(new Argument('[kind]', 'one kind only').choices(KINDS));
  withPlainOptions(list, 'trifold list workloads').action(
    async (kind: (typeof KINDS)[number] | undefined, options: CommonOptions) => {
      const { listPresets } = await import('../../app/presets/list.ts');
      const presets = listPresets(kind === undefined ? KINDS : [kind]);
      if (options.json) {
        printJson(presets);
        return;
      }
      const { formatTable } = await import('../text/table.ts');
      for (const [name, rows] of Object.entries(presets)) {
        print(`${name}:`);
        print(
          formatTable(
            ['name', 'what'],
            rows.map((row) => [row.name, row.summary]),
          ),
        );
        print('');
      }
    },
  );
  const show = program
    .command('show')
    .description('one preset with its sources, as its file says it, or a network space with its genes')
    .argument('<name>', 'name of a preset of any kind, or kind/name');
  withPlainOptions(show, 'trifold show eyeriss').action(async (name: string, options: CommonOptions) => {
    const { showPresets } = await import('../../app/presets/list.ts');
    const found = showPresets(name);
    if (options.json) printJson(found);
    else for (const preset of found) print(`# ${preset.kind}/${preset.name} (${preset.summary})\n${preset.text}`);
  });
}
