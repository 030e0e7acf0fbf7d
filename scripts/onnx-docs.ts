/** Writes the table of operators in docs/onnx.md from the tables that models are read with. Run with `npm run docs:onnx`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ATTENTIONS } from '../src/formats/onnx/lowering/lower-attention.ts';
import { isLayerOperator } from '../src/formats/onnx/lowering/lower-mac.ts';
import { isRecurrent } from '../src/formats/onnx/lowering/lower-recurrent.ts';
import { OPERATOR_COVERAGE } from '../src/formats/onnx/operators/operator-table.ts';

const [START, END] = ['<!-- operators: npm run docs:onnx -->', '<!-- end of operators -->'];

function isLayer(name: string): boolean {
  const [opType = '', domain = ''] = name.split(':').reverse();
  return isLayerOperator(opType) || ATTENTIONS.has(opType) || isRecurrent({ opType, domain });
}

/** The page with its table as the code has it. */
export function onnxDocs(page: string): string {
  const [before, rest] = page.split(START);
  const [, after] = (rest ?? '').split(END);
  const names = (isIn: (operator: (typeof OPERATOR_COVERAGE)[number]) => boolean) =>
    OPERATOR_COVERAGE.filter(isIn)
      .map(({ name }) => `\`${name}\``)
      .join(', ');
  const rows: readonly (readonly [string, string])[] = [
    ['layers', names(({ name, family }) => family === 'mac' && isLayer(name))],
    [
      'multiply-accumulates that are listed as not counted',
      names(({ name, family }) => family === 'mac' && !isLayer(name)),
    ],
    ['work per word', names(({ family }) => family === 'vector')],
    ['changes of place or shape', names(({ family }) => family === 'view')],
    ['arithmetic on shapes', names(({ family }) => family === 'shape')],
  ];
  const table = ['| | operators |', '| --- | --- |', ...rows.map(([what, list]) => `| ${what} | ${list} |`)].join('\n');
  return `${before}${START}\n\n${table}\n\n${END}${after}`;
}

if (process.argv[1] === import.meta.filename) {
  const path = resolve(import.meta.dirname, '../docs/onnx.md');
  writeFileSync(path, onnxDocs(readFileSync(path, 'utf8')));
}
