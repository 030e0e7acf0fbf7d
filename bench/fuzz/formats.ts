import { commandFormat } from './command-format.ts';
import type { FuzzFormat } from './format.ts';
import { jsonFormats } from './json-formats.ts';
import { runFormats } from './run-formats.ts';
import { scheduleFormats } from './schedule-formats.ts';
import { wordFormats } from './word-formats.ts';
import { yamlFormats } from './yaml-formats.ts';

/** Every format that the product reads. */
export async function allFormats(): Promise<FuzzFormat[]> {
  return [
    ...yamlFormats(),
    ...jsonFormats(),
    ...wordFormats(),
    commandFormat(),
    ...(await runFormats()),
    ...scheduleFormats(),
  ];
}
