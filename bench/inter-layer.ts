/**
 * What staying on chip between layers brings and costs: nothing stays, whole tensors and parameters, layers tile by tile; for shipped networks and transformer
 * blocks on presets. Each cell runs in a process of its own, through what `trifold map` is made from, and ends after its time with its bound.
 * Prints a table with the figures of before beside it, then what must hold between its cells.
 */
import { spawnSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { presetNames } from '../src/app/presets/load.ts';
import { benchedNetworks } from './inter-layer/blocks.ts';
import { type Cell, type CellOutcome, MODES, measureCell } from './inter-layer/cell.ts';
import { cellKey, type MeasuredCell, summaryLines, TABLE_HEAD, tableRow } from './inter-layer/cell-table.ts';
import { readLastFigures, withMeasured, writeLastFigures } from './inter-layer/last-figures.ts';
import { PRINT_PEAK, peakKibibytes } from './peak-memory.ts';

const USAGE = `npm run bench:inter-layer -- [options]
  --networks LIST      names, or NAME:block for one transformer block of a network (default: all)
  --accelerators LIST  presets (default: all)
  --modes LIST         of off, retain, fuse (default: all)
  --seconds N          after which a cell ends with what it has (default: 60)
  --workers N          threads of a cell (default: 2)
  --record             put the figures into bench/inter-layer/last-figures.json, in the place of older ones`;

const { values: options } = parseArgs({
  options: {
    networks: { type: 'string' },
    accelerators: { type: 'string' },
    modes: { type: 'string', default: MODES.join() },
    seconds: { type: 'string', default: '60' },
    workers: { type: 'string', default: '2' },
    record: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
    /** A cell to measure, for the processes that this one starts. */
    cell: { type: 'string' },
  },
});
const LAST = join(import.meta.dirname, 'inter-layer/last-figures.json');
/** Searches hear the end of their time where they ask for mappings: what is planned between two of these, and the start of the process, take longer. */
const MOST_SECONDS = 2 * Number(options.seconds) + 60;
const effort = { seconds: Number(options.seconds), workers: Number(options.workers) };

if (options.help) console.log(USAGE);
else if (options.cell !== undefined)
  console.log(JSON.stringify(await measureCell(JSON.parse(options.cell) as Cell, effort)));
else runTable();

function runTable(): void {
  const known = { networks: benchedNetworks(), accelerators: presetNames('accelerators') };
  const networks = listed('networks', known.networks);
  const accelerators = listed('accelerators', known.accelerators);
  const modes = listed('modes', MODES);
  const last = readLastFigures(LAST);
  const cells: MeasuredCell[] = [];
  console.log(TABLE_HEAD);
  for (const network of networks)
    for (const accelerator of accelerators) {
      let off: MeasuredCell | undefined;
      for (const mode of modes) {
        const cell = inProcess({ network, accelerator, mode });
        if (mode === 'off') off = cell;
        cells.push(cell);
        console.log(tableRow(cell, off, last[cellKey(cell)]));
        // What is measured is kept, whenever the table ends.
        if (options.record) writeLastFigures(LAST, withMeasured(readLastFigures(LAST), [cell]));
      }
    }
  console.log(`\n${summaryLines(cells).join('\n')}`);
}

/** The names that an option lists. */
function listed<Name extends string>(option: 'networks' | 'accelerators' | 'modes', known: readonly Name[]): Name[] {
  const names = options[option]?.split(',') ?? known;
  const unknown = names.find((name) => !known.some((one) => one === name));
  if (unknown === undefined) return known.filter((name) => names.includes(name));
  console.error(`--${option}: no ${unknown} among ${known.join(', ')}\n\n${USAGE}`);
  process.exit(2);
}

function inProcess(cell: Cell): MeasuredCell {
  const program = [...process.execArgv, ...PRINT_PEAK, process.argv[1]!];
  const asked = ['--cell', JSON.stringify(cell), '--seconds', options.seconds, '--workers', options.workers];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...program, ...asked], {
    encoding: 'utf8',
    timeout: 1000 * MOST_SECONDS,
  });
  if (status === null) return { ...cell, reason: `did not end within ${MOST_SECONDS} s` };
  if (status !== 0) throw new Error(`${cellKey(cell)}: ${stderr}`);
  const outcome = JSON.parse(stdout) as CellOutcome;
  if ('reason' in outcome) return { ...cell, ...outcome };
  return { ...cell, ...outcome, megabytes: (peakKibibytes(stderr) * 1024) / 1e6, load: loadavg()[0]! };
}
