import type { Command } from 'commander';
import { LIST, LISTED_KINDS, SHOW } from '../../options/presets.ts';
import { addCommand } from '../command-line.ts';
import { print, printAsIs, printJson } from '../context.ts';

/** `trifold list` and `trifold show`: the presets and the network spaces. */
export function addListCommands(program: Command): void {
  addCommand(program, LIST, async ({ request: { kind }, common }) => {
    const { listPresets } = await import('../../app/presets/list.ts');
    const presets = listPresets(kind === undefined ? LISTED_KINDS : [kind]);
    if (common.json) {
      printJson(presets);
      return;
    }
    const { formatTable } = await import('../text/layout/table.ts');
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
  });
  addCommand(program, SHOW, async ({ request: { name }, common }) => {
    const { showPresets } = await import('../../app/presets/list.ts');
    const found = showPresets(name);
    if (common.json) {
      printJson(found);
      return;
    }
    // One file alone is printed, so that what is sent to a file can be read again.
    const [first, ...others] = found;
    const nameOf = ({ kind, name: own }: { readonly kind: string; readonly name: string }) => `${kind}/${own}`;
    const lines = [`# ${nameOf(first!)} (${first!.summary})`];
    if (others.length > 0) lines.push(`# others of this name: ${others.map(nameOf).join(', ')}`);
    printAsIs(`${lines.join('\n')}\n${first!.text}`);
  });
}
