import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type AuditInputs, auditEvents, auditRun } from '../../bench/naas/audit.ts';
import { areaMm2 } from '../../src/accelerator/accelerator.ts';
import { buildAccelerator } from '../../src/accelerator/build.ts';
import type { LevelSpecification } from '../../src/accelerator/specification.ts';
import { readDesignInputs } from '../../src/app/design/inputs.ts';
import { isRunEvent } from '../../src/app/run/event-guard.ts';
import { readRequest } from '../../src/options/command.ts';
import { DESIGN } from '../../src/options/design.ts';
import type { Design, GenerationEvent, TrialRecord } from '../../src/search/ports.ts';
import type { RunEvent } from '../../src/search/run-events.ts';
import { BASELINE_TRIAL } from '../../src/search/trials.ts';
import { readRun } from '../../src/study/read-run.ts';
import { designRuns } from '../app/run-folders.ts';

let directory: string;
let events: readonly RunEvent[];
let inputs: AuditInputs;

beforeAll(async () => {
  directory = join(mkdtempSync(join(tmpdir(), 'trifold-audit-')), 'run');
  await designRuns.start(
    readRequest(DESIGN.request, {
      workloads: ['dqn'],
      budget: 'nvdla-256',
      batch: 1,
      strategy: 'naas',
      generations: 3,
      populationSize: 6,
      mapper: 'cmaes',
      mapperEvaluations: 60,
      factors: 'perfect',
      finalFactors: 'perfect',
      prune: true,
      seed: 3,
    }),
    directory,
    { workers: 1 },
    { onEvent: () => {}, isInterrupted: () => false },
  );
  const run = readRun(directory, isRunEvent);
  events = run.events;
  inputs = readDesignInputs(run.description.configuration)!;
}, 120_000);

/** The journal with one trial of a generation changed. */
function withTrial(generation: number, trial: number, change: (record: TrialRecord) => TrialRecord): RunEvent[] {
  return events.map((event) =>
    event.kind === 'generation' && event.generation === generation
      ? { ...event, trials: event.trials.map((record, i) => (i === trial ? change(record) : record)) }
      : event,
  );
}

const generations = () => events.filter((event): event is GenerationEvent => event.kind === 'generation');
const place = fc.record({ generation: fc.nat(2), trial: fc.nat(5) });

describe('the audit of a journal', () => {
  it('finds nothing in what a search wrote, and looks at every candidate, the best designs and the front', () => {
    const audit = auditRun(directory);
    expect(audit.findings).toEqual([]);
    const finished = events.find((event) => event.kind === 'finished');
    const front = finished?.design?.front.length ?? Number.NaN;
    expect(audit.designs).toBe(3 * 6 + generations().filter((event) => event.best !== null).length + 1 + front);
    expect(audit.lines).toBe(events.length);
  });

  it('names line and trial of a design that breaks the budget', () => {
    const breaks: Readonly<Record<string, (design: Design) => Design>> = {
      'on-chip memory': (design) => ({ ...design, l2Bytes: design.l2Bytes + 256 * 1024 }),
      'processing elements': (design) => {
        const [first, ...rest] = design.axes;
        const axes = [{ ...first!, size: first!.size * 260 }, ...rest];
        return { ...design, axes, processingElements: design.processingElements * 260 };
      },
      'buffer bandwidth': (design) => ({ ...design, bufferWordsPerCycle: 98 }),
    };
    fc.assert(
      fc.property(place, fc.constantFrom(...Object.keys(breaks)), ({ generation, trial }, resource) => {
        const changed = withTrial(generation, trial, (record) => ({
          ...record,
          design: breaks[resource]!(record.design),
        }));
        const { findings } = auditEvents(changed, inputs);
        const index = events.findIndex((event) => event.kind === 'generation' && event.generation === generation);
        const id = generations()[generation]!.trials[trial]!.trial;
        expect(findings.every((finding) => finding.line === index + 1 && finding.trial === id)).toBe(true);
        expect(findings.some((finding) => finding.message.startsWith(`${resource}:`))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('finds an area and a number of PEs that are not those of the design', () => {
    fc.assert(
      fc.property(place, fc.double({ min: 1e-6, max: 10, noNaN: true }), ({ generation, trial }, excess) => {
        const larger = withTrial(generation, trial, (record) => ({
          ...record,
          areaMm2: record.areaMm2 * (1 + excess),
        }));
        expect(auditEvents(larger, inputs).findings).toHaveLength(1);
        const fewer = withTrial(generation, trial, (record) => ({
          ...record,
          design: { ...record.design, processingElements: record.design.processingElements - 8 },
        }));
        expect(auditEvents(fewer, inputs).findings[0]?.message).toContain('PEs stated');
      }),
      { numRuns: 20 },
    );
  });

  it('checks the specification of the best design too, the baseline included', () => {
    const best = generations().at(-1)!.best!;
    const tight = { ...inputs, budget: { ...inputs.budget, processingElements: best.design.processingElements - 1 } };
    const only: GenerationEvent = { ...generations().at(-1)!, trials: [], best };
    expect(auditEvents([only], inputs).findings).toEqual([]);
    expect(auditEvents([only], tight).findings.length).toBeGreaterThan(0);
    const baseline = { ...best, trial: BASELINE_TRIAL };
    const { findings } = auditEvents([{ ...only, best: baseline }], tight);
    expect(findings.some((finding) => finding.message.startsWith('processing elements:'))).toBe(true);
    const { template } = inputs;
    const own = {
      ...baseline,
      specification: template,
      areaMm2: areaMm2(buildAccelerator(template, inputs.technology)),
    };
    expect(auditEvents([{ ...only, best: own }], inputs).findings).toEqual([]);
    const double = { ...template, levels: template.levels.map((level) => doubled(level)) };
    const area = areaMm2(buildAccelerator(double, inputs.technology));
    const large = auditEvents([{ ...only, best: { ...own, specification: double, areaMm2: area } }], inputs).findings;
    expect(large.map((finding) => finding.message.split(':')[0])).toEqual(['on-chip memory']);
  });
});

/** A level of twice the capacity. */
function doubled(level: LevelSpecification): LevelSpecification {
  return level.capacity.kind === 'shared'
    ? { ...level, capacity: { kind: 'shared', bits: 2 * level.capacity.bits } }
    : level;
}
