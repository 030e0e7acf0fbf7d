import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { INITIAL_EXHAUSTIVE_STATE, runExhaustive } from '../../../src/app/exhaustive/exhaustive.ts';
import { type ExhaustiveRequest, exhaustiveData, exhaustiveInputs } from '../../../src/app/exhaustive/inputs.ts';
import type { RatedExhaustive } from '../../../src/app/exhaustive/run.ts';
import { evaluateMappings } from '../../../src/app/explain/evaluate.ts';
import { loadAccelerator } from '../../../src/app/presets/load.ts';
import { describeExhaustiveResult } from '../../../src/cli/text/exhaustive-text.ts';
import { DEFAULT_WORD_BITS } from '../../../src/formats/workload/workload.ts';
import { nasBenchMacro } from '../../../src/search/network/spaces/nas-bench-macro.ts';
import type { RunEvent } from '../../../src/search/run-events.ts';
import { TrifoldError } from '../../../src/util/errors.ts';
import { siText } from '../../../src/util/quantity-text.ts';
import { Random } from '../../../src/util/random.ts';
import { mappedLayer } from '../../search/mapping/mapped-layer.ts';
import { exhaustiveRuns, results } from '../run-folders.ts';
import { freshPath } from '../small-files.ts';

const ACCELERATOR = 'shidiannao';
const FLOOR = 70;

/** Made-up accuracies of a part of the space; few distinct ones, so that ties happen. */
function madeUpTable(): string {
  const random = Random.fromSeed(5);
  const rows: Record<string, { test_acc: number[]; mean_acc: number }> = {};
  while (Object.keys(rows).length < 400) {
    const code = Array.from({ length: 8 }, () => random.nextInt(3)).join('');
    const blocks = [...code].filter((digit) => digit !== '0').length;
    const mean = 50 + 4 * blocks + random.nextInt(3);
    rows[code] ??= { test_acc: [mean - 1, mean + 1], mean_acc: mean };
  }
  const file = freshPath('table.json');
  writeFileSync(file, JSON.stringify(rows));
  return file;
}

const TABLE = madeUpTable();
const REQUEST: ExhaustiveRequest = {
  space: 'nas-bench-macro',
  accelerator: ACCELERATOR,
  accuracy: { kind: 'table', file: TABLE },
  batch: 1,
  objective: 'edp',
  floorPercent: FLOOR,
  factors: 'perfect',
  seed: 1,
};

interface Row {
  readonly genes: string;
  readonly accuracy: number | null;
  readonly energyPj: number;
  readonly cycles: number;
  readonly edp: number;
}

function readRows(directory: string): Row[] {
  const [, ...lines] = readFileSync(join(directory, 'networks.csv'), 'utf8').trimEnd().split('\r\n');
  return lines.map((line) => {
    const [genes = '', accuracy, , , , energy, cycles, edp] = line.split(',');
    return {
      genes,
      accuracy: accuracy === '' ? null : Number(accuracy),
      energyPj: Number(energy),
      cycles: Number(cycles),
      edp: Number(edp),
    };
  });
}

const quiet = { onEvent: () => {}, isInterrupted: () => false };

describe('an exhaustive co-search', () => {
  const directory = freshPath('run');
  const events: RunEvent[] = [];
  let finished: RatedExhaustive | null = null;
  beforeAll(async () => {
    const result = await exhaustiveRuns.start(
      REQUEST,
      directory,
      { workers: 1 },
      {
        ...quiet,
        onEvent: (event) => events.push(event),
      },
    );
    finished = result.finished;
  }, 120_000);

  it('says at its start what it searches, with its accuracy floor', () => {
    expect(events[0]).toMatchObject({
      kind: 'started',
      command: 'cosearch',
      accelerator: ACCELERATOR,
      space: { name: REQUEST.space, floorPercent: FLOOR },
    });
  });

  // Killed by: a report of the run without the limits of its figures.
  it('says at its end what its figures leave out, as its document does', () => {
    const end = events.find((event) => event.kind === 'finished');
    expect(end?.notModelled).toContainEqual(expect.stringContaining('that are no layers'));
    expect(end?.notModelled).toEqual(JSON.parse(results(directory)['summary.json']!).notModelled);
  });

  it('gives networks the figures that mapping them one by one gives', () => {
    const accelerator = loadAccelerator(ACCELERATOR);
    const rows = readRows(directory);
    expect(rows).toHaveLength(6561);
    for (const place of [0, 4321, 6560]) {
      const row = rows[place]!;
      const network = nasBenchMacro.build(nasBenchMacro.parse({ blocks: row.genes.split(' ') }), {
        batch: 1,
        wordBits: DEFAULT_WORD_BITS,
      });
      const mapped = network.layers.map((layer) => mappedLayer(layer, accelerator).evaluation);
      const sum = (of: (one: (typeof mapped)[number]) => number) => mapped.reduce((total, one) => total + of(one), 0);
      expect(row.cycles).toBe(sum((one) => one.cycles));
      expect(row.energyPj / sum((one) => one.energyPj)).toBeCloseTo(1, 12);
      expect(row.edp).toBe(row.energyPj * row.cycles);
    }
  });

  it('finds the least EDP above the floor and the front among the networks of the table', () => {
    const known = readRows(directory).flatMap((row) =>
      row.accuracy === null ? [] : [{ ...row, accuracy: row.accuracy }],
    );
    expect(known).toHaveLength(400);
    const kept = known.filter(({ accuracy }) => accuracy >= FLOOR);
    const least = Math.min(...kept.map(({ edp }) => edp));
    const design = events.find((event) => event.kind === 'finished')?.design;
    expect(design?.best.networks[0]?.edpPjCycles).toBe(least);
    expect(design?.best.network?.accuracy.top1Percent).toBeGreaterThanOrEqual(FLOOR);
    const isBeaten = (one: (typeof known)[number]) =>
      known.some(
        (other) =>
          other.accuracy >= one.accuracy &&
          other.edp <= one.edp &&
          (other.accuracy > one.accuracy || other.edp < one.edp),
      );
    const front = new Set(known.filter((one) => !isBeaten(one)).map((one) => `${one.accuracy} ${one.edp}`));
    const told = design?.accuracyFront?.map((one) => `${one.network.accuracy.top1Percent} ${one.edpPjCycles}`) ?? [];
    expect(told).toHaveLength(front.size);
    expect(new Set(told)).toEqual(front);
    expect(events.some((event) => event.kind === 'note' && event.text.startsWith('6161 networks are left out'))).toBe(
      true,
    );
  });

  it('prints the figures of the best network in their units', () => {
    const { scored, best } = finished!;
    const text = describeExhaustiveResult(finished!, directory);
    const row = text.split('\n').find((line) => line.startsWith(`least edp above ${FLOOR} %`))!;
    const [edp, energy, latency] = row.trim().split(/ {2,}/).slice(-3);
    expect(edp).toBe(scored.costs.edpPjCycles[best]!.toExponential(3));
    expect(energy).toBe(siText(scored.costs.energyPj[best]! * 1e-12, 'J'));
    expect(latency).toBe(siText(scored.costs.cycles[best]! / scored.accelerator.clockHz, 's'));
  });

  it('writes a network and mappings that read back to the same figures', () => {
    const { report } = evaluateMappings({
      accelerator: join(directory, 'accelerator.yaml'),
      workload: join(directory, 'network.yaml'),
      mapping: join(directory, 'mapping.yaml'),
      temporalReuse: 'exact',
    });
    expect(report.totals.cycles).toBe(finished?.report.totals.cycles);
    expect(report.totals.energyPj).toBe(finished?.report.totals.energyPj);
    expect(report.totals.edpPjCycles / finished!.scored.costs.edpPjCycles[finished!.best]!).toBeCloseTo(1, 12);
  });

  it('ends as if it had never stopped when it is interrupted and resumed', async () => {
    const other = freshPath('stopped');
    let mapped = 0;
    const listener = {
      onEvent: (event: RunEvent) => {
        if (event.kind === 'layer') mapped++;
      },
      isInterrupted: () => mapped >= 9,
    };
    const stopped = await exhaustiveRuns.start(REQUEST, other, { workers: 1 }, listener);
    expect(stopped.json).toBeNull();
    expect(existsSync(join(other, 'summary.json'))).toBe(false);
    const replayed: RunEvent[] = [];
    const resumed = await exhaustiveRuns.resume(
      other,
      { workers: 2 },
      { ...quiet, onEvent: (event) => replayed.push(event) },
    );
    expect(resumed.finished).not.toBeNull();
    expect(results(other)).toEqual(results(directory));
    const untimed = (list: readonly RunEvent[]) => list.filter((event) => event.kind !== 'progress');
    expect(untimed(replayed)).toEqual(untimed(events));
    const again = await exhaustiveRuns.resume(other, { workers: 1 }, quiet);
    expect(JSON.stringify(again.json)).toBe(JSON.stringify(resumed.json));
  });

  it('refuses to go on with another table', async () => {
    const table = freshPath('table.json');
    writeFileSync(table, readFileSync(TABLE, 'utf8'));
    const other = freshPath('changed');
    const request: ExhaustiveRequest = { ...REQUEST, accuracy: { kind: 'table', file: table } };
    await exhaustiveRuns.start(request, other, { workers: 1 }, { ...quiet, isInterrupted: () => true });
    writeFileSync(table, readFileSync(TABLE, 'utf8').replace('"mean_acc":', '"mean_acc": '));
    await expect(exhaustiveRuns.resume(other, { workers: 1 }, quiet)).rejects.toThrow(/not those that the run/);
  });

  it('says at once that a floor cannot be met, and writes nothing', async () => {
    const other = freshPath('high');
    const run = exhaustiveRuns.start({ ...REQUEST, floorPercent: 99 }, other, { workers: 1 }, quiet);
    const error = await run.catch((thrown: unknown) => thrown);
    expect(error instanceof TrifoldError && error.code).toBe('infeasible');
    expect(existsSync(other)).toBe(false);
  });

  it('says why no network can run', async () => {
    const inputs = exhaustiveInputs(REQUEST);
    const run = runExhaustive(inputs, exhaustiveData(inputs), {
      state: INITIAL_EXHAUSTIVE_STATE,
      mapLayers: async (layers, _known, _accelerator, onOutcome) => {
        for (const _layer of layers) onOutcome({ kind: 'unmappable', reason: 'the buffer is too small' });
      },
      emit: () => {},
      checkpoint: () => {},
    });
    const error = await run.catch((thrown: unknown) => thrown);
    expect(error instanceof TrifoldError && error.code).toBe('infeasible');
    expect(error instanceof TrifoldError && error.details.hint).toBe('the buffer is too small');
  });
});
