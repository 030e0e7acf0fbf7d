import type { Command } from 'commander';
import {
  VALIDATE_BOARDS,
  VALIDATE_CHIPS,
  VALIDATE_MAPPER,
  VALIDATE_RECORDS,
  VALIDATE_RTL,
  VALIDATE_SCHEDULES,
} from '../../options/models.ts';
import { shownText } from '../../util/shown-text.ts';
import { addCommand } from '../command-line.ts';
import { EXIT, ExitSignal, print, printAsIs, printJson, progress } from '../context.ts';
import { withLayerPool } from '../layer-pool.ts';

/** `trifold validate`: the model against other tools and against chips. */
export function addValidateCommand(program: Command): void {
  const validate = program.command('validate').description('hold the model against other tools, mappers and chips');
  addRecords(validate);
  addMapper(validate);
  addSchedules(validate);
  addRtl(validate);
  addChips(validate);
  addBoards(validate);
}

function addRecords(validate: Command): void {
  addCommand(validate, VALIDATE_RECORDS, async ({ request: { file, temporalReuse }, common }) => {
    const { validateRecordFile } = await import('../../app/validate/record-file.ts');
    const found = validateRecordFile(file, temporalReuse);
    const { recordFileText } = await import('../text/validate/records-text.ts');
    if (common.json) printJson(found.result);
    else print(recordFileText(found));
    const differing = found.kind === 'rows' ? found.result.unexplained.length : found.result.mismatches.length;
    if (differing > 0) throw new ExitSignal(EXIT.failed);
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
    const { describeMapperComparison } = await import('../text/validate/mapper-text.ts');
    print(describeMapperComparison(records));
  });
}

function addSchedules(validate: Command): void {
  addCommand(validate, VALIDATE_SCHEDULES, async ({ request: { file, search }, common }) => {
    const { validateSchedules } = await import('../../app/validate/schedules/schedules.ts');
    const onCase = ({ id, kind }: { readonly id: string; readonly kind: string }, differences: number) =>
      progress(common, `${id} (${kind}): ${differences === 0 ? 'matches' : `differing figures: ${differences}`}`);
    const result = validateSchedules(file, { search, onCase });
    if (common.json) printJson(result);
    else {
      const { describeSchedules } = await import('../text/validate/schedules-text.ts');
      print(describeSchedules(result));
    }
    if (result.matched < result.cases) throw new ExitSignal(EXIT.failed);
  });
}

function addRtl(validate: Command): void {
  addCommand(validate, VALIDATE_RTL, async ({ request: { file }, process: { report }, common }) => {
    const { openValidationPage, rtlPage } = await import('../../app/validate/page.ts');
    const page = report === undefined ? null : await openValidationPage(report, ['trifold', 'validate', 'rtl', file]);
    const { validateRtl } = await import('../../app/validate/rtl/rtl.ts');
    const result = validateRtl(file);
    const path = await page?.write(rtlPage(result));
    if (common.json) {
      const { rtlJson } = await import('../../app/validate/rtl/rtl-json.ts');
      printJson({ ...rtlJson(result), ...(path !== undefined && { report: path }) });
      return;
    }
    const { describeRtl } = await import('../text/validate/rtl-text.ts');
    print(describeRtl(result));
    if (path !== undefined) printAsIs(shownText(path));
  });
}

function addChips(validate: Command): void {
  addCommand(validate, VALIDATE_CHIPS, async ({ request: { cache, ...files }, process: { report }, common }) => {
    const { chipsPage, openValidationPage } = await import('../../app/validate/page.ts');
    const given = Object.entries(files).flatMap(([name, file]) => (file === undefined ? [] : [`--${name}`, file]));
    const page =
      report === undefined ? null : await openValidationPage(report, ['trifold', 'validate', 'chips', ...given]);
    const { validateChips } = await import('../../app/validate/chips.ts');
    const { boardText } = await import('../text/validate/boards-text.ts');
    const result = await withLayerPool(common, cache, (pool) =>
      validateChips(files, pool, (board) => progress(common, boardText(board))),
    );
    const path = await page?.write(chipsPage(result));
    if (common.json) {
      const { chipsJson } = await import('../../app/validate/chips.ts');
      printJson({ ...chipsJson(result), ...(path !== undefined && { report: path }) });
      return;
    }
    const { describeChips } = await import('../text/validate/chips-text.ts');
    print(describeChips(result));
    if (path !== undefined) printAsIs(shownText(path));
  });
}

function addBoards(validate: Command): void {
  addCommand(validate, VALIDATE_BOARDS, async ({ request: { file, cache }, common }) => {
    const { boardsJson, validateBoards } = await import('../../app/validate/boards.ts');
    const { boardText, describeBoards } = await import('../text/validate/boards-text.ts');
    const result = await withLayerPool(common, cache, (pool) =>
      validateBoards(file, pool, (board) => progress(common, boardText(board))),
    );
    if (common.json) printJson(boardsJson(result));
    else print(describeBoards(result));
  });
}
