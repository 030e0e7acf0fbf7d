import type { Command } from 'commander';
import { VALIDATE_BOARDS, VALIDATE_CHIPS, VALIDATE_MAPPER, VALIDATE_RECORDS } from '../../options/models.ts';
import { shownText } from '../../util/shown-text.ts';
import { addCommand } from '../command-line.ts';
import { EXIT, ExitSignal, print, printJson, progress } from '../context.ts';
import { withLayerPool } from '../layer-pool.ts';

/** `trifold validate`: the model against other tools and against chips. */
export function addValidateCommand(program: Command): void {
  const validate = program.command('validate').description('hold the model against other tools, mappers and chips');
  addRecords(validate);
  addMapper(validate);
  addChips(validate);
  addBoards(validate);
}

function addRecords(validate: Command): void {
  addCommand(validate, VALIDATE_RECORDS, async ({ request: { file, temporalReuse }, common }) => {
    const { validateRecords } = await import('../../app/validate/records.ts');
    const result = validateRecords(file, temporalReuse);
    if (common.json) printJson(result);
    else {
      const shown = result.mismatches.slice(0, 30);
      for (const { id, where, expected, actual } of shown)
        print(shownText(`${id}  ${where}: recorded ${expected}, here ${actual}`));
      if (result.mismatches.length > shown.length) print(`... and ${result.mismatches.length - shown.length} more`);
      print(
        `${result.matched} of ${result.cases} records match (temporal reuse: ${temporalReuse}), ${result.mismatches.length} figures differ`,
      );
    }
    if (result.mismatches.length > 0) throw new ExitSignal(EXIT.failed);
  });
}

function addMapper(validate: Command): void {
  addCommand(validate, VALIDATE_MAPPER, async ({ request: { file, time, temporalReuse }, common }) => {
    const { validateMapper } = await import('../../app/validate/mapper.ts');
    const records = await withLayerPool({ workers: 1 }, false, (pool) =>
      validateMapper(file, pool, {
        temporalReuse,
        time,
        onRecord: ({ id, ratio, seconds }) =>
          progress(
            common,
            `${id}: ${seconds.toFixed(2)} s${ratio === null ? '' : `, ${ratio.toFixed(4)} of the recorded EDP`}`,
          ),
      }),
    );
    if (common.json) {
      printJson({ temporalReuse, records });
      return;
    }
    const { describeMapperComparison } = await import('../text/mapper-text.ts');
    print(describeMapperComparison(records));
  });
}

function addChips(validate: Command): void {
  addCommand(validate, VALIDATE_CHIPS, async ({ common }) => {
    const { validateChips } = await import('../../app/validate/chips.ts');
    const result = validateChips();
    if (common.json) {
      printJson(result);
      return;
    }
    const { describeChips } = await import('../text/chips-text.ts');
    print(describeChips(result));
  });
}

function addBoards(validate: Command): void {
  addCommand(validate, VALIDATE_BOARDS, async ({ request: { file, cache }, common }) => {
    const { validateBoards } = await import('../../app/validate/boards.ts');
    const { describeBoards, rankText } = await import('../text/boards-text.ts');
    const result = await withLayerPool(common, cache, (pool) =>
      validateBoards(file, pool, ({ board, everyNetwork, proven, layers }) =>
        progress(
          common,
          `${board}: ${rankText(everyNetwork.layers)}, with vector operators ${rankText(everyNetwork.all)} (${proven} of ${layers} mappings proven)`,
        ),
      ),
    );
    if (common.json) printJson(result);
    else print(describeBoards(result));
  });
}
