import { type Command, Option } from 'commander';
import type { CommonOptions } from '../context.ts';
import {
  duration,
  EXIT,
  ExitSignal,
  print,
  printJson,
  progress,
  withCommonOptions,
  withPlainOptions,
} from '../context.ts';
import { untilInterrupted } from '../interrupts.ts';

interface RecordOptions extends CommonOptions {
  readonly temporalReuse: 'exact' | 'timeloop';
}

/** `trifold validate`: the model against other tools and against chips. */
export function addValidateCommand(program: Command): void {
  const validate = program.command('validate').description('hold the model against other tools, mappers and chips');
  addRecords(validate);
  addMapper(validate);
  addChips(validate);
}

function addRecords(validate: Command): void {
  const command = validate
    .command('records')
    .description(
      'evaluate every record of a tool-neutral file and compare with the recorded figures; exit 1 if any differs',
    )
    .argument('<file>', 'JSON file of records')
    .addOption(
      new Option('--temporal-reuse <rule>', 'how overlapping tiles are counted')
        .choices(['exact', 'timeloop'])
        .default('exact'),
    );
  withPlainOptions(command, 'trifold validate records test/golden/timeloop-hand.json --temporal-reuse timeloop').action(
    async (file: string, options: RecordOptions) => {
      const { validateRecords } = await import('../../app/validate/records.ts');
      const result = validateRecords(file, options.temporalReuse);
      if (options.json) printJson(result);
      else {
        const shown = result.mismatches.slice(0, 30);
        for (const { id, where, expected, actual } of shown)
          print(`${id}  ${where}: recorded ${expected}, here ${actual}`);
        if (result.mismatches.length > shown.length) print(`... and ${result.mismatches.length - shown.length} more`);
        print(
          `${result.matched} of ${result.cases} records match (temporal reuse: ${options.temporalReuse}), ${result.mismatches.length} figures differ`,
        );
      }
      if (result.mismatches.length > 0) throw new ExitSignal(EXIT.failed);
    },
  );
}

function addMapper(validate: Command): void {
  const command = validate
    .command('mapper')
    .description(
      'find the best mapping in the mapspace of every record of a mapper file and compare with the recorded one',
    )
    .argument('<file>', 'JSON file of mapper records')
    .option('--time <duration>', 'end the search of a record after this time with the gap that remains', duration)
    .addOption(
      new Option(
        '--temporal-reuse <rule>',
        'how overlapping tiles are counted, in both mappings; recorded figures hold under timeloop',
      )
        .choices(['exact', 'timeloop'])
        .default('exact'),
    );
  withCommonOptions(command, 'trifold validate mapper records.json --json').action(
    async (file: string, options: RecordOptions & { readonly time?: number }) => {
      const { validateMapper } = await import('../../app/validate/mapper.ts');
      const { time, temporalReuse, workers } = options;
      const records = await untilInterrupted(workers, (interrupts) =>
        validateMapper(file, {
          temporalReuse,
          ...(time === undefined ? {} : { time }),
          offMainThread: workers > 1,
          ...interrupts,
          onRecord: ({ id, ratio, seconds }) =>
            progress(
              options,
              `${id}: ${seconds.toFixed(2)} s${ratio === null ? '' : `, ${ratio.toFixed(4)} of the recorded EDP`}`,
            ),
        }),
      );
      if (options.json) {
        printJson({ temporalReuse, records });
        return;
      }
      const { describeMapperComparison } = await import('../text/mapper-text.ts');
      print(describeMapperComparison(records));
    },
  );
}

function addChips(validate: Command): void {
  const command = validate
    .command('chips')
    .description('the model against measured silicon: Eyeriss on AlexNet and VGG16, NVDLA on ResNet-50');
  withPlainOptions(command, 'trifold validate chips').action(async (options: CommonOptions) => {
    const { validateChips } = await import('../../app/validate/chips.ts');
    const result = validateChips();
    if (options.json) {
      printJson(result);
      return;
    }
    const { describeChips } = await import('../text/chips-text.ts');
    print(describeChips(result));
  });
}
