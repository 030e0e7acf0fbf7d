import type { Outcome, Tried } from './fuzz.ts';

/** Codes that the table shows each in a column; the others share one. */
const SHOWN_CODES = ['usage', 'not-found', 'syntax', 'schema', 'unit', 'value', 'foreign'] as const;
const FAULTS: readonly Outcome[] = ['crashed', 'wrong', 'over time'];

/** Whether an outcome is a fault of the product. */
export function isFault(outcome: Outcome): boolean {
  return FAULTS.includes(outcome);
}

/** Inputs by format and outcome. */
export class Tally {
  readonly #rows = new Map<string, { readonly counts: Map<Outcome, number>; cpuSeconds: number; longest: number }>();

  add({ format, outcome, cpuSeconds }: Tried): void {
    const row = this.#rows.get(format) ?? { counts: new Map<Outcome, number>(), cpuSeconds: 0, longest: 0 };
    this.#rows.set(format, row);
    row.counts.set(outcome, (row.counts.get(outcome) ?? 0) + 1);
    row.cpuSeconds += cpuSeconds;
    row.longest = Math.max(row.longest, cpuSeconds);
  }

  /** How many inputs had an outcome that passes the test. */
  count(passes: (outcome: Outcome) => boolean): number {
    let count = 0;
    for (const { counts } of this.#rows.values())
      for (const [outcome, times] of counts) if (passes(outcome)) count += times;
    return count;
  }

  /** A table of formats x outcomes, with the mean and the longest processor time of an input. */
  table(): string {
    const head = ['format', 'inputs', 'accepted', ...SHOWN_CODES, 'other refusals', ...FAULTS, 'mean ms', 'longest ms'];
    const rows = [...this.#rows]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([format, { counts, cpuSeconds, longest }]) => {
        const all = [...counts.values()].reduce((sum, one) => sum + one, 0);
        const shown: readonly Outcome[] = ['accepted', ...SHOWN_CODES.map((code) => `refused: ${code}` as const)];
        const of = (outcome: Outcome) => counts.get(outcome) ?? 0;
        const others = all - [...shown, ...FAULTS].reduce((sum, outcome) => sum + of(outcome), 0);
        const times = [((1000 * cpuSeconds) / all).toFixed(2), (1000 * longest).toFixed(0)];
        return [format, all, ...shown.map(of), others, ...FAULTS.map(of), ...times];
      });
    const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
    return [line(head), `|---|${'---:|'.repeat(head.length - 1)}`, ...rows.map(line)].join('\n');
  }
}
