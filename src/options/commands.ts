import { BOUNDS } from './bounds.ts';
import type { CommandSpec } from './command.ts';
import { COSEARCH } from './cosearch.ts';
import { DESIGN } from './design.ts';
import { IMPORT } from './import.ts';
import { MAP } from './map.ts';
import {
  EVAL,
  VALIDATE_BOARDS,
  VALIDATE_CHIPS,
  VALIDATE_MAPPER,
  VALIDATE_RECORDS,
  VALIDATE_RTL,
  VALIDATE_SCHEDULES,
} from './models.ts';
import { LIST, SHOW } from './presets.ts';
import { COMPARE, REPORT, RESUME, RUNS, WATCH } from './runs.ts';
import { SWEEP } from './sweep.ts';

/** All commands, in the order of the help. */
export const COMMANDS: readonly CommandSpec[] = [
  ...[EVAL, MAP, SWEEP, BOUNDS, DESIGN, COSEARCH],
  ...[RUNS, RESUME, WATCH, REPORT, COMPARE],
  ...[LIST, SHOW, IMPORT],
  ...[VALIDATE_RECORDS, VALIDATE_MAPPER, VALIDATE_SCHEDULES, VALIDATE_RTL, VALIDATE_CHIPS, VALIDATE_BOARDS],
];
