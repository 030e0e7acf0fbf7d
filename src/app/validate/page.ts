import type { ValidationInput } from '../../report/validation/measured-source.ts';
import { packageVersion } from '../presets/package.ts';
import { commandText } from '../run/command-text.ts';
import { openPageFolder, writePages } from '../run/page-folder.ts';
import { chipSources } from './chip-sources.ts';
import { type ChipValidation, familyNames } from './chips.ts';
import type { RtlValidation } from './rtl/rtl.ts';
import { rtlSource } from './rtl/rtl-source.ts';

/** What the page of a validation holds beside what is the same on all. */
export type PageContent = Pick<ValidationInput, 'title' | 'sources' | 'notModelled' | 'notGiven'>;

/** A page of measured and modelled figures that will be written into a folder. */
export interface ValidationPage {
  /** @returns the path of the page */
  write(content: PageContent): Promise<string>;
}

/**
 * Creates the folder of a page.
 * @param command words of the command line that asks for it
 * @throws TrifoldError `usage` and `io` where it can be no folder, is that of a run, or holds other files of these names
 */
export async function openValidationPage(folder: string, command: readonly string[]): Promise<ValidationPage> {
  const { renderValidation, VALIDATION_FILES, VALIDATION_PAGE } = await import(
    '../../report/validation/render-validation.ts'
  );
  openPageFolder(folder, { page: VALIDATION_PAGE, csv: VALIDATION_FILES, option: '--report', isNamed: true });
  return {
    write: async (content) => {
      const input = { ...content, commandLine: commandText(command), version: packageVersion() };
      return writePages(folder, VALIDATION_PAGE, await renderValidation(input));
    },
  };
}

/** The page of a comparison with measured RTL alone. */
export function rtlPage(validation: RtlValidation): PageContent {
  const { notModelled, accelerators } = validation;
  return {
    title: 'Modelled against measured cycles of Gemmini RTL',
    sources: [rtlSource(validation)],
    notModelled: notModelled.map((text) => ({ text, accelerators: familyNames(accelerators) })),
    notGiven: [],
  };
}

/** The page of everything that was measured. */
export function chipsPage(validation: ChipValidation): PageContent {
  const { notModelled } = validation;
  return {
    title: 'The model against measured silicon',
    sources: chipSources(validation),
    notModelled: notModelled.map(({ text, accelerators }) => ({ text, accelerators: familyNames(accelerators) })),
    notGiven: notGiven(validation),
  };
}

/** Sources of measured figures that no file was given for. */
export function notGiven({ rtl, boards }: ChipValidation): readonly string[] {
  return [
    ...(rtl === null ? ['Gemmini RTL: not given; --rtl names a file of measured rows'] : []),
    ...(boards === null
      ? ['ZCU102, VCK190, TPUv2 and TPUv3: not given; --boards names a table of measured networks']
      : []),
  ];
}
