import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readCommandAnswer } from '../../src/app/cosearch/accuracy-command-answer.ts';
import { readText } from '../../src/app/presets/load.ts';
import { validateMapper } from '../../src/app/validate/mapper.ts';
import { validateRecordFile } from '../../src/app/validate/record-file.ts';
import { describeMapperComparison } from '../../src/cli/text/validate/mapper-text.ts';
import { recordFileText } from '../../src/cli/text/validate/records-text.ts';
import { TEMPORAL_REUSES } from '../../src/cost/temporal-reuse.ts';
import { parseAccuracyTable } from '../../src/formats/accuracy-table.ts';
import { parseOfaPredictor } from '../../src/formats/ofa-predictor.ts';
import { parseRecordedFigures } from '../../src/formats/recorded-figures.ts';
import { importedPredictor } from '../../src/search/network/accuracy/imported-predictor.ts';
import { tableEvaluator } from '../../src/search/network/accuracy/table-evaluator.ts';
import { accelNasBench } from '../../src/search/network/spaces/accel-nasbench.ts';
import { sampleGenotype } from '../../src/search/network/spaces/genes.ts';
import { nasBench201 } from '../../src/search/network/spaces/nas-bench-201.ts';
import { nasBenchMacro } from '../../src/search/network/spaces/nas-bench-macro.ts';
import { TrifoldError } from '../../src/util/errors.ts';
import { pick } from './choices.ts';
import { BOUNDED_POOL } from './follow-ups.ts';
import { type FuzzFormat, seedsOf } from './format.ts';
import { mustRead, mustSurviveJson } from './invariants.ts';
import { scratchFile } from './scratch.ts';

const TABLES: readonly object[] = [
  {
    ops: ['none', 'skip_connect', 'nor_conv_1x1', 'nor_conv_3x3', 'avg_pool_3x3'],
    edges: ['0->1', '0->2', '1->2', '0->3', '1->3', '2->3'],
    columns: [
      'index',
      'code',
      'c10_test200',
      'c100_test200',
      'in16_test200',
      'c10_val12',
      'c100_val12',
      'in16_val12',
      'eyeriss_ms',
    ],
    rows: [
      [0, '421211', 85.863, 52.913, 26.633, 63.364, 31.84, 18.467, 4.4],
      [1, '334131', 93.66, 70.293, 44.033, 82.834, 57.8, 35.433, 5.1],
    ],
  },
  { '02012100': { test_acc: [89.47, 88.95, 89.17], mean_acc: 89.1967, std: 0.213, params: 890666, flops: 1 } },
  {
    choices: {},
    columns: ['id', 'e7', 'k7', 'l7', 'se7', 'top1'],
    rows: [[0, '6466611', '3535533', '1233242', '0000100', 59.368]],
  },
];

const PREDICTOR = {
  source: 'made up',
  tensors: [
    { kind: 'w', shape: [2, 3], offset: 0 },
    { kind: 'b', shape: [2], offset: 24 },
    { kind: 'w', shape: [1, 2], offset: 32 },
    { kind: 'b', shape: [1], offset: 40 },
  ],
  goldens: [{ arch: { d: [0] }, predicted: 0.5, macs: 1 }],
};
const TENSOR_BYTES = Buffer.from(Float32Array.of(1, 2, 3, 4, 5, 6, 0.5, 0.25, -1, -2, 7).buffer);

const ANSWERS = [
  '76.3\n',
  'loading\n{"top1Percent": 76.3, "errorPoints": 0.2}\n',
  '{"top1Percent": 76.3, "notes": ["a note"]}',
  'epoch 1: 0.5\nepoch 2: 0.6\n\n',
];

interface HandRecord {
  readonly id: string;
  readonly problem: unknown;
  readonly arch: { readonly levels: readonly { readonly name: string }[] };
  readonly mapping: readonly object[];
  readonly results: { readonly energy_pJ: number; readonly cycles: number };
}

/** Text of a golden file. */
function golden(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../../test/golden/${name}`, import.meta.url)), 'utf8');
}

/** Some recorded cases, each in a file of its own. */
function records(): HandRecord[] {
  const all = JSON.parse(golden('timeloop-hand.json')) as HandRecord[];
  return all.filter((_, i) => i % 4 === 0);
}

/** The same as cases for a mapper: everything free. */
function mapperRecord({ id, problem, arch, mapping, results }: HandRecord): object {
  const keep = Object.fromEntries(
    arch.levels.map(({ name }, i) => [name, i === 0 ? ['Weights', 'Inputs', 'Outputs'] : 'free']),
  );
  const edp = results.energy_pJ * results.cycles;
  return {
    ...{ id, problem, arch, mapspace: { factors: 'perfect', keep, spatial: {} } },
    timeloop_mapper: { energy_pJ: results.energy_pJ, cycles: results.cycles, edp_pJ_cycles: edp, mapping },
  };
}

/** The JSON files that the product reads, and what accuracy commands print. */
export function jsonFormats(): FuzzFormat[] {
  const tables = TABLES.map((table) => JSON.stringify(table, null, 1));
  const hand = records();
  return [
    {
      name: 'accuracy table',
      weight: 3,
      data: 'json',
      seeds: seedsOf(tables),
      run: async (bytes, random, at) => {
        const path = scratchFile('table.json', bytes);
        const text = readText(path);
        const space = [nasBench201('cifar10'), nasBenchMacro, accelNasBench][at]!;
        const evaluator = tableEvaluator(space, parseAccuracyTable(text, path));
        mustSurviveJson(evaluator.limits);
        mustSurviveJson(await evaluator.evaluate(sampleGenotype(space.genes, random)));
        if (at === 0) mustSurviveJson([...(parseRecordedFigures(text, path, 'eyeriss_ms')?.values() ?? [])]);
      },
    },
    {
      name: 'accuracy network',
      weight: 2,
      data: 'json',
      seeds: seedsOf([JSON.stringify(PREDICTOR, null, 1)]),
      run: (bytes, random) => {
        const path = scratchFile('predictor.json', bytes);
        const tensors = pick(random, [
          TENSOR_BYTES,
          TENSOR_BYTES,
          TENSOR_BYTES.subarray(1),
          Buffer.alloc(0),
          Buffer.alloc(44, 0xff),
        ]);
        importedPredictor(parseOfaPredictor(readText(path), path, tensors), null);
      },
    },
    {
      name: 'accuracy answer',
      weight: 2,
      data: 'none',
      seeds: seedsOf(ANSWERS),
      run: (bytes) => {
        const input = bytes.toString();
        const reading = readCommandAnswer(input, input);
        mustSurviveJson(reading);
        if (!reading.ok) throw new TrifoldError('value', reading.message, { hint: reading.hint });
      },
    },
    {
      name: 'records',
      weight: 3,
      data: 'json',
      seeds: seedsOf([...hand.map((record) => JSON.stringify([record], null, 1)), golden('dosa-rows.json')]),
      run: (bytes, random) => {
        const path = scratchFile('records.json', bytes);
        const found = validateRecordFile(path, pick(random, [...TEMPORAL_REUSES, undefined]));
        mustSurviveJson(found);
        mustRead(recordFileText(found), bytes.toString());
      },
    },
    {
      name: 'mapper records',
      weight: 2,
      data: 'json',
      seeds: seedsOf(hand.map((record) => JSON.stringify([mapperRecord(record)], null, 1))),
      run: async (bytes) => {
        const path = scratchFile('mapper.json', bytes);
        const found = await validateMapper(path, BOUNDED_POOL, { temporalReuse: 'exact', time: undefined });
        mustSurviveJson(found);
        mustRead(describeMapperComparison(found), bytes.toString());
      },
    },
  ];
}
