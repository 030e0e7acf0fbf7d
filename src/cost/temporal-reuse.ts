/** Rules by which temporal reuse between consecutive tiles is counted, the default first. */
export const TEMPORAL_REUSES = ['exact', 'timeloop', 'timeloop-2023'] as const;

/**
 * One of {@link TEMPORAL_REUSES}.
 * `exact`: a word is fetched when it is not in the tile held before (closed form of the full walk).
 * `timeloop`: the two-index walk of today's Timeloop; differs only for overlapping input tiles, knows no padding and no imperfect factors.
 * `timeloop-2023`: that of the Timeloop of 2023, with which DOSA's data set was made.
 */
export type TemporalReuse = (typeof TEMPORAL_REUSES)[number];

/** What a rule says. */
export interface ReuseRule {
  /** Whether tiles are bounding boxes, padding moves with them, factors are perfect, and ports round as Timeloop's do. */
  readonly isTimeloop: boolean;
  /** Of Timeloop's walk: whether a step at which the tile stands still is a move like others, so that a tile which moves after it is fetched whole. */
  readonly standstillCounts: boolean;
  /**
   * What a level inside the outermost reads of Outputs on their way out: `stated` = all of them where it says `drain: charged`, `free` = none,
   * `finished` = each word once, when it is complete.
   */
  readonly drain: 'stated' | 'free' | 'finished';
}

const RULES: Readonly<Record<TemporalReuse, ReuseRule>> = {
  exact: { isTimeloop: false, standstillCounts: false, drain: 'stated' },
  timeloop: { isTimeloop: true, standstillCounts: false, drain: 'free' },
  'timeloop-2023': { isTimeloop: true, standstillCounts: true, drain: 'finished' },
};

/** What a rule of temporal reuse says, by its name. */
export function reuseRule(name: TemporalReuse): ReuseRule {
  return RULES[name];
}

/** What of Outputs on their way out a level reads: all words, each once when it is complete, or none. */
export type Drain = 'all' | 'finished' | 'none';

/**
 * What a level drains by a rule.
 * @param stated what the accelerator says of the level
 * @param index of the level, 0 = outermost, which Outputs do not leave
 */
export function drainBy(rule: ReuseRule, stated: 'charged' | undefined, index: number): Drain {
  if (rule.drain === 'finished') return index > 0 ? 'finished' : 'none';
  return rule.drain === 'stated' && stated === 'charged' ? 'all' : 'none';
}
