import { bytesText, siText } from '../util/quantity-text.ts';
import type { Dim, PerTensor } from '../util/vocabulary.ts';
import type { ArrayOverheads, HostLink, LevelOverheads } from './overheads.ts';

/** Stands in a layout for all dims that it does not name. */
export const OTHER_DIMS = '..';

/** What a level states of overheads, by the keys of a file and in its words. */
export function overheadData(level: LevelOverheads, array: ArrayOverheads): Record<string, unknown> {
  const { launch, refetch, spill, requests, drain, compression: code, overlap } = level;
  return {
    ...(launch === undefined
      ? {}
      : { launch: launch.matrixCycles === launch.cycles ? { cycles: launch.cycles } : { ...launch } }),
    ...(refetch === undefined ? {} : { refetch: [...refetch] }),
    ...(spill === undefined ? {} : { spill }),
    ...(requests === undefined ? {} : { requests: { bytes: requests.bytes, cycles: requests.cycles } }),
    ...(requests === undefined ? {} : { layout: layoutData(requests.layout) }),
    ...(drain === undefined ? {} : { drain }),
    ...(code === undefined
      ? {}
      : {
          compression: `rlc(run ${code.runBits}, word ${code.wordBits}, packs ${code.pairsPerBlock} in ${code.blockBits})`,
        }),
    ...(overlap === undefined ? {} : { overlap }),
    ...(array.fill === undefined ? {} : { fill: { ...array.fill } }),
    ...(array.rampCycles === undefined ? {} : { ramp: array.rampCycles }),
  };
}

/** A key of an accelerator file by which it states an overhead, with its value as the file spells it: `launch`, `{ cycles: 250 }`. */
export interface StatedTerm {
  /** The level that states it; null for the accelerator. */
  readonly level: string | null;
  readonly key: string;
  readonly value: string;
}

/** What an accelerator may state of overheads. */
interface WithOverheads {
  readonly levels: readonly (LevelOverheads & { readonly name: string; readonly fanOut: ArrayOverheads })[];
  readonly link?: HostLink | undefined;
  readonly tiles?: 'box' | undefined;
}

/** All that an accelerator states of overheads, from the outermost level inwards; amounts of a link rounded. */
export function statedTerms({ levels, link, tiles }: WithOverheads): readonly StatedTerm[] {
  return [
    ...(tiles === undefined ? [] : [{ level: null, key: 'tiles', value: tiles }]),
    ...(link === undefined ? [] : [{ level: null, key: 'link', value: linkText(link) }]),
    ...levels.flatMap((level) =>
      Object.entries(overheadData(level, level.fanOut)).map(([key, value]) => ({
        level: level.name,
        key,
        value: flowText(value),
      })),
    ),
  ];
}

function linkText({ bytesPerSecond, residentBits, pjPerBit }: HostLink): string {
  const round = (value: number) => String(Number(value.toPrecision(6)));
  return flowText({
    bandwidth: siText(bytesPerSecond, 'B/s'),
    ...(residentBits === 0 ? {} : { resident: bytesText(residentBits / 8, round) }),
    ...(pjPerBit === 0 ? {} : { energy: `${round(pjPerBit)} pJ/bit` }),
  });
}

/** Data of maps, lists, texts and numbers on one line. */
function flowText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).map(([key, one]) => `${key}: ${flowText(one)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

function layoutData(layout: Partial<PerTensor<readonly Dim[]>>): Record<string, readonly string[]> {
  return Object.fromEntries(Object.entries(layout).map(([tensor, dims]) => [tensor, [OTHER_DIMS, ...dims]]));
}
