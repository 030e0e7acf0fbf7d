import { areaMm2 } from '../../src/accelerator/accelerator.ts';
import { type Budget, checkBudget } from '../../src/accelerator/budget.ts';
import { buildAccelerator } from '../../src/accelerator/build.ts';
import type { AcceleratorSpecification } from '../../src/accelerator/specification.ts';
import { specificationProblems } from '../../src/accelerator/specification.ts';
import type { Technology } from '../../src/accelerator/technology.ts';
import { isRunEvent } from '../../src/app/run/event-guard.ts';
import { designSpecification } from '../../src/search/accelerator/design-specification.ts';
import type { Design } from '../../src/search/ports.ts';
import type { RunEvent } from '../../src/search/run-events.ts';
import { BASELINE_TRIAL } from '../../src/search/trials.ts';
import { readRun } from '../../src/study/read-run.ts';
import { TrifoldError } from '../../src/util/errors.ts';
import { product } from '../../src/util/integers.ts';

/** What the designs of a run are checked against; part of the configuration of a run. */
export interface AuditInputs {
  readonly template: AcceleratorSpecification;
  readonly technology: Technology;
  readonly budget: Budget;
}

/** One thing that is wrong with a journal. */
export interface AuditFinding {
  /** Line of the journal, from 1. */
  readonly line: number;
  readonly trial: number;
  readonly message: string;
}

/** Outcome of an audit. */
export interface Audit {
  readonly lines: number;
  /** Designs checked: candidates, best designs, front points. */
  readonly designs: number;
  readonly findings: readonly AuditFinding[];
}

/** Relative difference of figures that were computed the same way. */
const ROUNDING = 1e-9;

/** Builds every design that a journal names and checks it against the budget: PEs, on-chip memory, bandwidths, area, power. */
export function auditEvents(events: readonly RunEvent[], inputs: AuditInputs): Audit {
  const findings: AuditFinding[] = [];
  let designs = 0;
  events.forEach((event, index) => {
    const line = index + 1;
    const check = (trial: number, design: Design, areaMm2Stated: number, specification?: AcceleratorSpecification) => {
      designs++;
      const problems =
        trial === BASELINE_TRIAL
          ? acceleratorProblems(specification ?? inputs.template, areaMm2Stated, inputs)
          : designProblems(design, areaMm2Stated, specification, inputs);
      findings.push(...problems.map((message) => ({ line, trial, message })));
    };
    if (event.kind === 'generation') {
      for (const trial of event.trials) check(trial.trial, trial.design, trial.areaMm2);
      if (event.best !== null) check(event.best.trial, event.best.design, event.best.areaMm2, event.best.specification);
    }
    if (event.kind === 'finished' && event.design !== null) {
      const { best, front } = event.design;
      check(best.trial, best.design, best.areaMm2, best.specification);
      for (const point of front) check(point.trial, point.design, point.areaMm2);
    }
  });
  return { lines: events.length, designs, findings };
}

/** Audits the folder of a design run or of a co-search. @throws TrifoldError `foreign` when it is neither, is damaged or has no budget; `io` */
export function auditRun(directory: string): Audit {
  const { description, events } = readRun(directory, isRunEvent);
  const inputs: unknown = description.configuration;
  if (!isAuditInputs(inputs)) throw new TrifoldError('foreign', `${directory} searches no accelerator within a budget`);
  return auditEvents(events, inputs);
}

function isAuditInputs(value: unknown): value is AuditInputs {
  return (
    typeof value === 'object' && value !== null && 'template' in value && 'technology' in value && 'budget' in value
  );
}

/** The baseline is a candidate as it is, not as a design of the search's making. */
function designProblems(
  design: Design,
  areaMm2Stated: number,
  specification: AcceleratorSpecification | undefined,
  inputs: AuditInputs,
): string[] {
  const rebuilt = designSpecification(design, inputs.template, 'candidate');
  const problems = acceleratorProblems(rebuilt, areaMm2Stated, inputs);
  if (specification !== undefined) problems.push(...acceleratorProblems(specification, areaMm2Stated, inputs));
  const pes = product(design.axes.map((axis) => axis.size));
  if (pes !== design.processingElements) problems.push(`${design.processingElements} PEs stated, ${pes} in the array`);
  return [...new Set(problems)];
}

function acceleratorProblems(
  specification: AcceleratorSpecification,
  areaMm2Stated: number,
  { technology, budget }: AuditInputs,
): string[] {
  const illegal = specificationProblems(specification).map((problem) => problem.message);
  if (illegal.length > 0) return illegal;
  const accelerator = buildAccelerator(specification, technology);
  const problems = checkBudget(accelerator, budget).map(({ resource, used, limit, unit }) =>
    `${resource}: ${used} of ${limit} ${unit}`.trim(),
  );
  const area = areaMm2(accelerator);
  if (Math.abs(area - areaMm2Stated) > ROUNDING * area) problems.push(`area ${areaMm2Stated} mm^2 stated, is ${area}`);
  return problems;
}
