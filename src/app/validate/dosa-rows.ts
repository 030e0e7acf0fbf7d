import { evaluateMapping } from '../../cost/evaluate.ts';
import type { TemporalReuse } from '../../cost/temporal-reuse.ts';
import type { Document } from '../../formats/document/document.ts';
import { type DosaRow, readDosaRows } from '../../formats/dosa-rows.ts';

/** How far energies of a row may be apart, as a share of the recorded one. */
export const ENERGY_SHARE = 1e-3;

/** How far cycles of a row may be apart: Timeloop's quotients of doubles round to the next whole cycle now and then. */
const CYCLES = 1;

/** How many rows one rule of temporal reuse counts as they are recorded. */
export interface RuleAgreement {
  readonly rule: TemporalReuse;
  readonly cyclesEqual: number;
  readonly cyclesWithinOne: number;
  /** Energy within {@link ENERGY_SHARE}. */
  readonly energyWithin: number;
  /** Relative errors (model / recorded - 1) that are largest, of rows that the accelerator can run; 0 where there are none. */
  readonly worstCycles: number;
  readonly worstEnergy: number;
}

/** A row with other figures than recorded, by the last rule asked for. */
export interface RowDifference {
  readonly id: string;
  /** Bounds, strides and dilations. */
  readonly layer: string;
  readonly accelerator: string;
  readonly mapping: string;
  readonly recorded: RowFigures;
  /** Null: the accelerator cannot run the mapping. */
  readonly model: RowFigures | null;
  /** Why it cannot. */
  readonly reason: string | null;
}

interface RowFigures {
  readonly cycles: number;
  readonly energyPj: number;
}

/** Result of {@link validateDosaRows}. */
export interface DosaValidation {
  readonly rows: number;
  readonly rules: readonly RuleAgreement[];
  /** Rows of which no rule gives the cycles within one and the energy within {@link ENERGY_SHARE}. */
  readonly unexplained: readonly RowDifference[];
}

/**
 * Evaluates every row of DOSA's data set by rules of temporal reuse and compares cycles and energy with the recorded ones.
 * @param rules at least one
 * @throws TrifoldError `schema` or `value` with the place
 */
export function validateDosaRows(document: Document, rules: readonly TemporalReuse[]): DosaValidation {
  const rows = readDosaRows(document);
  let open = rows.map((_, index) => index);
  let last: readonly Outcome[] = [];
  const agreements = rules.map((rule): RuleAgreement => {
    const outcomes = rows.map((row) => outcomeOf(row, rule));
    open = open.filter((index) => !isExplained(outcomes[index]!));
    last = outcomes;
    const count = (is: (outcome: Outcome) => boolean) => outcomes.filter(is).length;
    return {
      rule,
      cyclesEqual: count(({ cycleError }) => cycleError === 0),
      cyclesWithinOne: count(({ cycleError }) => Math.abs(cycleError) <= CYCLES),
      energyWithin: count(({ energyShare }) => Math.abs(energyShare) <= ENERGY_SHARE),
      worstCycles: worst(outcomes.map(({ cycleError }, index) => cycleError / rows[index]!.cycles)),
      worstEnergy: worst(outcomes.map(({ energyShare }) => energyShare)),
    };
  });
  const unexplained = open.map((index): RowDifference => {
    const { id, layer, accelerator, text, cycles, energyPj } = rows[index]!;
    const { model, reason } = last[index]!;
    return {
      ...{ id, layer: layer.problem.name, accelerator: accelerator.name, mapping: text },
      ...{ recorded: { cycles, energyPj }, model, reason },
    };
  });
  return { rows: rows.length, rules: agreements, unexplained };
}

interface Outcome extends Pick<RowDifference, 'model' | 'reason'> {
  /** Model less recorded; infinite where the mapping cannot run, as the next. */
  readonly cycleError: number;
  /** Model / recorded - 1. */
  readonly energyShare: number;
}

function outcomeOf({ layer, accelerator, mapping, cycles, energyPj }: DosaRow, rule: TemporalReuse): Outcome {
  const evaluation = evaluateMapping(layer, accelerator, mapping, { temporalReuse: rule });
  if (!evaluation.feasible) {
    const reason = evaluation.violations.map(({ message }) => message).join('; ');
    return { model: null, reason, cycleError: Number.POSITIVE_INFINITY, energyShare: Number.POSITIVE_INFINITY };
  }
  return {
    model: { cycles: evaluation.cycles, energyPj: evaluation.energyPj },
    reason: null,
    cycleError: evaluation.cycles - cycles,
    energyShare: evaluation.energyPj / energyPj - 1,
  };
}

function isExplained({ cycleError, energyShare }: Outcome): boolean {
  return Math.abs(cycleError) <= CYCLES && Math.abs(energyShare) <= ENERGY_SHARE;
}

function worst(errors: readonly number[]): number {
  return errors.reduce((most, error) => (Number.isFinite(error) && Math.abs(error) > Math.abs(most) ? error : most), 0);
}
