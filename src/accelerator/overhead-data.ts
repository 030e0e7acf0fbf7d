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

/** {@link overheadData} as lines of a file, such as `launch: { cycles: 250, matrixCycles: 125 }`. */
export function overheadLines(level: LevelOverheads, array: ArrayOverheads): string[] {
  return Object.entries(overheadData(level, array)).map(([key, value]) => `${key}: ${flowText(value)}`);
}

/** A link as a line of a file, with rounded amounts. */
export function linkLine({ bytesPerSecond, residentBits, pjPerBit }: HostLink): string {
  const round = (value: number) => String(Number(value.toPrecision(6)));
  return `link: ${flowText({
    bandwidth: siText(bytesPerSecond, 'B/s'),
    ...(residentBits === 0 ? {} : { resident: bytesText(residentBits / 8, round) }),
    ...(pjPerBit === 0 ? {} : { energy: `${round(pjPerBit)} pJ/bit` }),
  })}`;
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
