import { describe, expect, it } from 'vitest';
import { parseAccuracyTable, type TableDataset } from '../../src/formats/accuracy-table.ts';
import { tableEvaluator, tableKey } from '../../src/search/network/accuracy/table-evaluator.ts';
import { accelNasBench } from '../../src/search/network/spaces/accel-nasbench.ts';
import { nasBench201 } from '../../src/search/network/spaces/nas-bench-201.ts';
import { nasBenchMacro } from '../../src/search/network/spaces/nas-bench-macro.ts';
import { describeAccuracyEvaluator } from '../contracts/accuracy.ts';
import { HAS_SHARED_NAS, sharedText } from '../search/network/shared-data.ts';

const NB201 = {
  ops: ['none', 'skip_connect', 'nor_conv_1x1', 'nor_conv_3x3', 'avg_pool_3x3'],
  edges: ['0->1', '0->2', '1->2', '0->3', '1->3', '2->3'],
  columns: ['index', 'code', 'c10_test200', 'c100_test200', 'in16_test200', 'c10_val12', 'c100_val12', 'in16_val12'],
  rows: [
    [0, '421211', 85.863, 52.913, 26.633, 63.364, 31.84, 18.467],
    [1, '334131', 93.66, 70.293, 44.033, 82.834, 57.8, 35.433],
  ],
};
const MACRO = {
  '02012100': { test_acc: [89.47, 88.95, 89.17], mean_acc: 89.1967, std: 0.213, params: 890666, flops: 1 },
};
const ACCEL = {
  choices: {},
  columns: ['id', 'e7', 'k7', 'l7', 'se7', 'top1'],
  rows: [[0, '6466611', '3535533', '1233242', '0000100', 59.368]],
};

const parse = (data: unknown, dataset?: TableDataset) =>
  parseAccuracyTable(JSON.stringify(data), 'table.json', dataset);

describeAccuracyEvaluator({
  name: 'table of two networks',
  space: nasBench201('cifar10'),
  create: () => tableEvaluator(nasBench201('cifar10'), parse(NB201)),
});

describe('accuracy tables', () => {
  it.each([
    ['cifar10', 82.834, 93.66],
    ['cifar100', 57.8, 70.293],
    ['imagenet16-120', 35.433, 44.033],
  ] as const)('NAS-Bench-201 %s: searches on validation, reports the test figure', async (dataset, search, report) => {
    const space = nasBench201(dataset);
    const evaluator = tableEvaluator(space, parse(NB201, dataset));
    const cell = ['nor_conv_3x3', 'nor_conv_3x3', 'avg_pool_3x3', 'skip_connect', 'nor_conv_3x3', 'skip_connect'];
    const answer = await evaluator.evaluate(space.parse({ cell }));
    expect(answer).toMatchObject({ top1Percent: search, reportedTop1Percent: report, errorPoints: null });
    expect(JSON.stringify(answer)).toContain('12 epochs; reported: test accuracy after 200 epochs');
    expect(evaluator.limits?.ceilingPercent).toBe(search);
    const other = await evaluator.evaluate(space.parse({ cell: cell.map(() => 'none') }));
    expect(other).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('does not hold') });
  });

  it('NAS-Bench-Macro: mean of the seeds with its standard error', async () => {
    const answer = await tableEvaluator(nasBenchMacro, parse(MACRO)).evaluate([0, 2, 0, 1, 2, 1, 0, 0]);
    expect(answer).toMatchObject({ top1Percent: 89.1967, reportedTop1Percent: 89.1967, inDomain: true });
    if (answer.kind === 'estimate') expect(answer.errorPoints).toBeCloseTo(0.1507, 4);
    expect(JSON.stringify(answer)).toContain('no validation accuracy');
  });

  it('Accel-NASBench: genes by stage, the spread over seeds as error', async () => {
    const genotype = accelNasBench.parse({
      e: [6, 4, 6, 6, 6, 1, 1],
      k: [3, 5, 3, 5, 5, 3, 3],
      l: [1, 2, 3, 3, 2, 4, 2],
      se: [0, 0, 0, 0, 1, 0, 0],
    });
    const answer = await tableEvaluator(accelNasBench, parse(ACCEL)).evaluate(genotype);
    expect(answer).toMatchObject({ top1Percent: 59.368, errorPoints: 0.27 });
    const twice = { ...ACCEL, rows: [...ACCEL.rows, [1, ...ACCEL.rows[0]!.slice(1, 5), 60.368]] };
    const mean = await tableEvaluator(accelNasBench, parse(twice)).evaluate(genotype);
    if (mean.kind !== 'estimate') return expect.unreachable();
    expect(mean.top1Percent).toBeCloseTo(59.868, 10);
    expect(mean.errorPoints).toBeCloseTo(0.27 / Math.SQRT2, 10);
  });

  it('belongs to one space and holds something', () => {
    expect(() => tableEvaluator(nasBench201('cifar100'), parse(NB201))).toThrow(/not of nas-bench-201-cifar100/);
    expect(() => tableEvaluator(nasBenchMacro, { ...parse(MACRO), rows: new Map() })).toThrow(/no networks/);
  });

  it.each([
    [[1, 2], /no accuracy table/],
    [{ a: 1 }, /no accuracy table/],
    [{ ...NB201, edges: ['0->2', '0->1'] }, /edges must be/],
    [{ ...NB201, columns: NB201.columns.with(5, 'val12') }, /no column 'c10_val12'/],
    [{ ...NB201, rows: [[0, '42121', 85, 1, 1, 1, 1, 1]] }, /six operations/],
    [{ ...NB201, rows: [[0, '421219', 85, 1, 1, 1, 1, 1]] }, /six operations/],
    [{ ...NB201, rows: [[0, '421211', 185, 1, 1, 1, 1, 1]] }, /c10_test200 must be a percentage/],
    [{ ...NB201, rows: [[0, '421211', null, 1, 1, 1, 1, 1]] }, /c10_test200 must be a percentage/],
    [{ ...ACCEL, rows: [[0, 6466611, '3535533', '1233242', '0000100', 59]] }, /e7 must be seven digits/],
    [{ ...ACCEL, rows: [[0, '646661', '3535533', '1233242', '0000100', 59]] }, /e7 must be seven digits/],
    [{ ...ACCEL, rows: [[0, '6466611', '3535533', '1233242', '0000100']] }, /5 cells in a row for 6 columns/],
    [{ ...ACCEL, columns: ['e7', ...ACCEL.columns.slice(1)] }, /column 'e7' stands twice/],
    [{ ...NB201, ops: NB201.ops.with(0, 'nothing') }, /operations must be none/],
    [{ ...NB201, ops: NB201.ops.with(0, 'avg_pool_3x3') }, /operations must be none/],
    [{ ...NB201, rows: [[0, '42121 ', 85, 1, 1, 1, 1, 1]] }, /six operations/],
    [{ '02012100': { test_acc: [89], mean_acc: 189 } }, /at most 100, not 189/],
    [{ ...NB201, rows: [...NB201.rows, NB201.rows[0]] }, /'421211' stands twice/],
  ])('refuses %j', (data, message) => {
    expect(() => parse(data)).toThrow(message);
  });

  it.each([
    ['test_acc', '[1e999, 89]', '89', /not Infinity/],
    ['mean_acc', '[89]', '1e999', /not Infinity/],
    ['mean_acc', '[89]', '-1', /at least 0/],
    ['mean_acc', '[89]', '{"toString": 1}', /number/],
  ])('refuses %s where it is no percentage (%#)', (key, test, mean, message) => {
    const text = `{"02012100": {"test_acc": ${test},\n"mean_acc": ${mean}}}`;
    expect(() => parseAccuracyTable(text, 't.json')).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(message),
        details: expect.objectContaining({ keyPath: expect.stringContaining(key) }),
      }),
    );
  });

  it('names the place of a network that stands twice in NAS-Bench-Macro', () => {
    const row = '{"test_acc": [89], "mean_acc": 89}';
    const text = `{"02012100": ${row},\n "00000000": ${row},\n  "02012100" : ${row}}`;
    expect(() => parseAccuracyTable(text, 't.json')).toThrow(
      expect.objectContaining({
        code: 'syntax',
        message: expect.stringContaining('twice'),
        details: expect.objectContaining({ place: { file: 't.json', line: 3, column: 3 } }),
      }),
    );
  });

  it('of fractions is refused', () => {
    const table = (accuracy: number) => JSON.stringify({ '00000000': { test_acc: [accuracy], mean_acc: accuracy } });
    expect(() => parseAccuracyTable(table(0.93), 't.json')).toThrow(/these are fractions, not percentages/);
    expect(parseAccuracyTable(table(93), 't.json').rows.size).toBe(1);
  });

  it('names file and line of a wrong figure', () => {
    const text = JSON.stringify({ ...NB201, rows: [[0, '421211', 'x', 1, 1, 1, 1, 1]] }, null, 1);
    try {
      parseAccuracyTable(text, 'table.json');
      expect.unreachable();
    } catch (error) {
      const line = text.split('\n').findIndex((one) => one.includes('"x"')) + 1;
      expect(error).toMatchObject({ code: 'value', details: { place: { file: 'table.json', line } } });
    }
  });
});

describe.skipIf(!HAS_SHARED_NAS)('whole benchmark files', () => {
  it.each([
    ['nb201.json', nasBench201('cifar10'), 'cifar10', 15625],
    ['nb201.json', nasBench201('imagenet16-120'), 'imagenet16-120', 15625],
    ['nasbench-macro-cifar10.json', nasBenchMacro, undefined, 6561],
    ['anb.json', accelNasBench, undefined, 5125],
  ] as const)('%s (%#): every row is a network of the space', (file, space, dataset, distinct) => {
    const table = parseAccuracyTable(sharedText(file), file, dataset);
    expect(table.rows.size).toBe(distinct);
    const values = space.genes.map((gene) => new Map(gene.values.map((value, i) => [String(value), i])));
    for (const key of table.rows.keys()) {
      const genotype = key.split(',').map((value, i) => values[i]!.get(value) ?? -1);
      expect(tableKey(space, genotype)).toBe(key);
    }
  });
});
