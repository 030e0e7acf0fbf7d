import { z } from 'zod';
import { type CommandSpec, NONE } from './command.ts';
import { field } from './field.ts';

/** Kinds of presets that `trifold list` shows. */
export const LISTED_KINDS = ['workloads', 'accelerators', 'budgets', 'technologies', 'mappings', 'spaces'] as const;

/** `trifold list`. */
export const LIST = {
  name: 'list',
  summary: 'the presets and network spaces that exist',
  request: z.object({ kind: field(z.enum(LISTED_KINDS).optional(), '[kind]', 'one kind only') }),
  process: NONE,
  shows: ['json'],
  example: 'trifold list workloads',
  details: '',
} satisfies CommandSpec;

/** `trifold show`. */
export const SHOW = {
  name: 'show',
  summary: 'one preset with its sources, as its file says it, or a network space with its genes',
  request: z.object({ name: field(z.string(), '<name>', 'name of a preset of any kind, or kind/name') }),
  process: NONE,
  shows: ['json'],
  example: 'trifold show eyeriss',
  details: '',
} satisfies CommandSpec;
