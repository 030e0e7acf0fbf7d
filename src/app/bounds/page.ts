import type { BoundsPageInput } from '../../report/bounds/bounds-input.ts';
import { groupedText } from '../../util/quantity-text.ts';
import { valueText } from '../explain/value-text.ts';
import { packageVersion } from '../presets/package.ts';
import { commandText } from '../run/command-text.ts';
import { openPageFolder, writePages } from '../run/page-folder.ts';
import { type BoundsResult, layerNeeds, pairStairs, summedStairs } from './bounds.ts';
import { boundsCsv, loopsText, pairText, tileText } from './output.ts';

/** A page of curves that will be written into a folder. */
export interface BoundsPage {
  /** @returns the path of the page */
  write(result: BoundsResult): Promise<string>;
}

/**
 * Creates the folder of a page.
 * @param command words of the command line that asks for it
 * @throws TrifoldError `usage` and `io` where it can be no folder, is that of a run, or holds other files of these names
 */
export async function openBoundsPage(folder: string, command: readonly string[]): Promise<BoundsPage> {
  const { BOUNDS_FILES, BOUNDS_PAGE, renderBounds } = await import('../../report/bounds/render-bounds.ts');
  openPageFolder(folder, { page: BOUNDS_PAGE, csv: BOUNDS_FILES, option: '--report', isNamed: true });
  return {
    write: async (result) => writePages(folder, BOUNDS_PAGE, await renderBounds(pageInput(result, command))),
  };
}

function pageInput(result: BoundsResult, command: readonly string[]): BoundsPageInput {
  const { request, inputs, title, rows, compulsory, macs } = result;
  const { named } = inputs;
  const { count } = request;
  const together = result.pair?.steps.at(-1);
  const unit = count === 'words' ? 1 : 8;
  const between =
    named === null
      ? 'between the outermost level and a buffer'
      : `between ${named.outer} and ${named.buffer} of ${named.accelerator.name}`;
  return {
    title: `Least traffic of ${title}`,
    commandLine: commandText(command),
    version: packageVersion(),
    count,
    about: `The least ${count} that cross ${between}, over all mappings, by the capacity of the buffer.`,
    facts: [
      ['Compulsory', `${groupedText(compulsory.words)} words, ${valueText({ unit: 'bit' }, compulsory.bits)}`],
      ['Reached from', valueText({ unit: 'bit' }, compulsory.fromBits)],
      ...(together === undefined
        ? []
        : [
            [
              'Together',
              `${groupedText(together.words)} words, ${valueText({ unit: 'bit' }, together.bits)}, from ${valueText({ unit: 'bit' }, together.heldBits)}`,
            ] as const,
          ]),
      ['MACs', groupedText(macs)],
      ['Factors', request.factors],
      ...(named === null || named.bypassing.length === 0
        ? []
        : [['Not bounded', `mappings in which ${named.bypassing.join(' or ')} bypass ${named.buffer}`] as const]),
    ],
    stairs: summedStairs(result).map(({ x, y }) => ({ capacityBytes: x / 8, value: y / unit })),
    togetherStairs: pairStairs(result).map(({ x, y }) => ({ capacityBytes: x / 8, value: y / unit })),
    compulsory: (count === 'words' ? compulsory.words : compulsory.bits) / unit,
    rows: rows.map(({ capacityBits, isOwn, figures, pair }) => ({
      together: pair === null ? null : { value: pair.value / unit, how: pairText(pair, inputs.pair!) },
      capacityBytes: capacityBits / 8,
      isOwn,
      figures:
        figures === null
          ? null
          : {
              words: figures.words,
              bytes: figures.bits / 8,
              timesCompulsory: figures.timesCompulsory,
              macsPerByte: figures.macsPerByte,
              mapping: figures.step === null ? null : { tile: tileText(figures.step), loops: loopsText(figures.step) },
            },
    })),
    layers: layerNeeds(result).map(({ fromBits, ...need }) => ({ ...need, fromBytes: fromBits / 8 })),
    csv: boundsCsv(result),
  };
}
