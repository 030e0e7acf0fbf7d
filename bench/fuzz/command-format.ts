import { Command, CommanderError } from 'commander';
import { cosearchInputs, cosearchRequest } from '../../src/app/cosearch/inputs.ts';
import { designInputs } from '../../src/app/design/inputs.ts';
import { exhaustiveInputs, exhaustiveRequest } from '../../src/app/exhaustive/inputs.ts';
import { evaluateMappings } from '../../src/app/explain/evaluate.ts';
import { mapInputs } from '../../src/app/map/inputs.ts';
import { showPresets } from '../../src/app/presets/list.ts';
import { loadSpecification } from '../../src/app/presets/load.ts';
import { runKind, runTable } from '../../src/app/run/list.ts';
import { readVariation } from '../../src/app/sweep/vary.ts';
import { validateRecordFile } from '../../src/app/validate/record-file.ts';
import { addCommand } from '../../src/cli/command-line.ts';
import type { CommandSpec } from '../../src/options/command.ts';
import { COSEARCH } from '../../src/options/cosearch.ts';
import { DESIGN } from '../../src/options/design.ts';
import { MAP } from '../../src/options/map.ts';
import { EVAL, VALIDATE_RECORDS } from '../../src/options/models.ts';
import { SHOW } from '../../src/options/presets.ts';
import { RESUME, RUNS } from '../../src/options/runs.ts';
import { SWEEP } from '../../src/options/sweep.ts';
import { TrifoldError } from '../../src/util/errors.ts';
import { Random } from '../../src/util/random.ts';
import { pick } from './choices.ts';
import { type FuzzFormat, seedsOf } from './format.ts';
import { hostileWord } from './hostile.ts';
import { mustSurviveJson } from './invariants.ts';
import { scratchFile } from './scratch.ts';
import { TINY_NETWORK } from './small-texts.ts';

/** Words of command lines in a line each; `TINY` is a network file. */
const LINES = [
  'map TINY --accelerator eyeriss --objective edp --mapper exact --seed 1 --workers 1 --json --batch 2 --factors perfect',
  'map TINY --accelerator eyeriss --explain --pin latency --dataflow row-stationary --layer a --time 10s --subject-to latency<1s',
  'map TINY --accelerator nvdla-256 --technology cacti-45nm --evaluations 100 --no-cache --save saved.yaml --out folder --force',
  'eval --accelerator eyeriss-spads --workload alexnet --mapping eyeriss-alexnet --layer conv1 --batch 4 --temporal-reuse exact',
  'sweep TINY --accelerator eyeriss --vary L2=32KiB..64KiB --vary batch=1,2 --csv points.csv --quiet --plain',
  'design TINY --budget eyeriss --search naas --generations 2 --population 4 --dims-per-axis 2 --array-sizes useful --explorations 0',
  'design TINY --budget shidiannao --mapper cmaes --mapper-evaluations 9 --final-factors perfect --target 1e9pJ*cycles --final-time 1s',
  'cosearch --space ofa-resnet50 --budget eyeriss --min-accuracy 78 --networks 8 --iterations 2 --parent-ratio 0.5 --node-limit 100',
  'cosearch --space nas-bench-201 --accelerator eyeriss --pareto --search joint --accuracy predictor --accuracy-time 3s',
  'cosearch --space nas-bench-macro --accelerator eyeriss --search exhaustive --accuracy table=TINY --recorded x --min-accuracy 70',
  'resume folder --evaluations 10 --time 5m',
  'runs folder --json',
  'show accelerators/eyeriss',
  'validate records TINY --temporal-reuse timeloop',
];
const FLAGS = LINES.flatMap((line) => line.split(' ').filter((word) => word.startsWith('--')));

type Action = (request: never, process: never) => unknown;

/** What a command does before its long work. */
const BEGINNINGS: readonly (readonly [CommandSpec, Action])[] = [
  begins(MAP, (request, { force }) => mapInputs(request, { isForced: force })),
  begins(EVAL, (request) => evaluateMappings(request).report.totals),
  begins(SWEEP, (request) => {
    const specification = loadSpecification(request.accelerator, request.technology);
    return request.vary.map((text) => readVariation(text, specification).values);
  }),
  begins(DESIGN, (request) => designInputs(request)),
  begins(COSEARCH, (request) =>
    request.search === 'exhaustive'
      ? exhaustiveInputs(exhaustiveRequest(request))
      : cosearchInputs(cosearchRequest(request)),
  ),
  begins(RESUME, ({ run }) => runKind(run)),
  begins(RUNS, ({ folder }) => runTable(folder ?? 'runs', { mustExist: folder !== undefined })),
  begins(SHOW, ({ name }) => showPresets(name)),
  begins(VALIDATE_RECORDS, ({ file, temporalReuse }) => validateRecordFile(file, temporalReuse)),
];

function begins<Spec extends CommandSpec>(
  spec: Spec,
  action: (request: ReturnType<Spec['request']['parse']>, process: ReturnType<Spec['process']['parse']>) => unknown,
): readonly [CommandSpec, Action] {
  return [spec, action as Action];
}

/** Command lines as commander hands them on, up to where a command begins its work. */
export function commandFormat(): FuzzFormat {
  return {
    name: 'command line',
    weight: 6,
    data: 'none',
    seeds: seedsOf([...LINES, ...LINES.flatMap(changedLines)]),
    run: async (bytes) => {
      const words = bytes
        .toString()
        .split(' ')
        .filter((word) => word !== '');
      const network = scratchFile('tiny-network.yaml', TINY_NETWORK);
      const argv = words.map((word) => word.replace('TINY', network).replace(/\0/g, ''));
      try {
        await program().parseAsync(argv, { from: 'user' });
      } catch (error) {
        if (!(error instanceof CommanderError)) throw error;
        throw new TrifoldError('usage', error.message);
      }
    },
  };
}

/** Command lines that are one change away from a valid one: most are no valid ones any more. */
function changedLines(line: string, number: number): string[] {
  const random = Random.forIndex(1, number);
  return Array.from({ length: 12 }, () => withOtherWords(random, line.split(' ')).join(' '));
}

/** A command line with its words removed, repeated, moved, or replaced; `--flag=value` as well. */
function withOtherWords(random: Random, words: readonly string[]): string[] {
  const at = random.nextInt(words.length + 1);
  switch (random.nextInt(5)) {
    case 0:
      return words.toSpliced(at, 1);
    case 1:
      return words.toSpliced(at, 0, words[at] ?? '--');
    case 2:
      return words.toSpliced(at, 1, hostileWord(random));
    case 3:
      return words.toSpliced(at, 0, pick(random, FLAGS), hostileWord(random));
    default:
      return words.toSpliced(at, 0, `${pick(random, FLAGS)}=${hostileWord(random)}`);
  }
}

function program(): Command {
  const root = new Command('trifold');
  const validate = root.command('validate');
  for (const [spec, action] of BEGINNINGS)
    addCommand(spec.name.startsWith('validate') ? validate : root, spec, async ({ request, process }) => {
      mustSurviveJson(await action(request as never, process as never));
    });
  quiet(root);
  return root;
}

function quiet(command: Command): void {
  command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} });
  for (const child of command.commands) quiet(child);
}
