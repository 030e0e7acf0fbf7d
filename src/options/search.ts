import { z } from 'zod';
import { STRATEGIES } from '../search/accelerator/strategy-names.ts';
import { duration, edpPjCycles, field, MOST_STEPS, wholeNumber } from './field.ts';
import { cache, force } from './mapping.ts';

/** Names of presets or files that a search begins with. */
export const baseline = field(
  z.string().optional(),
  '--baseline <name|file>',
  'accelerator to inherit from and compare with (default: the budget’s own)',
);
/** Technology of a search. */
export const technology = field(
  z.string().optional(),
  '--technology <name|file>',
  'technology table (default: the baseline’s)',
);

/** How accelerators are proposed. */
export const STRATEGY = z.enum(STRATEGIES).default('naas');

/** Problem dims per array axis; as many as the baseline's richest axis has by default. */
export const dimsPerAxis = field(
  wholeNumber(1).optional(),
  '--dims-per-axis <n>',
  'problem dims wired to an array axis, 1 to 6; 1 = as NAAS published (default: as many as an axis of the baseline)',
);

/** Array sizes of designs. @param ofWhat whose layers fill them */
export function arraySizes(ofWhat: string) {
  return field(
    z.enum(['useful', 'published']).optional(),
    '--array-sizes <kind>',
    `sizes that perfect factors of some layer${ofWhat} fill, or any even ones as NAAS published (default: useful with perfect factors)`,
  );
}

/** How sizes of the global buffer lie in their range; not a choice of users, but runs keep what they began with. */
export const BUFFER_SIZES = z.enum(['geometric', 'linear']).optional();

/** Limits on the time and effort of this process: they end a search and never change its course. */
export const LIMIT_FIELDS = {
  time: field(
    duration().optional(),
    '--time <duration>',
    'end the search after this time, e.g. 5m, also within a generation; the final mappings follow',
  ),
  finalTime: field(
    duration().optional(),
    '--final-time <duration>',
    'end the final mappings after this time with the best so far (default: a tenth of --time or 10 s, whichever is more; no limit without --time)',
  ),
  evaluations: field(
    wholeNumber(1, MOST_STEPS).optional(),
    '--evaluations <n>',
    'end the search with the generation that reaches this many candidates',
  ),
  targetEdp: field(edpPjCycles().optional(), '--target <edp>', 'end the search at this EDP, e.g. "3.2e11 pJ*cycles"'),
};

/** Where a search keeps its run, what it takes over, and when it ends. */
export const SEARCH_PROCESS = z.object({
  cache,
  out: field(z.string().optional(), '--out <dir>', 'run folder (default: runs/<name>-<n>)'),
  force: force('the run in the folder of --out'),
  ...LIMIT_FIELDS,
});
