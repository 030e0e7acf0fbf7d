/**
 * Damages ONNX models and imports them: each must become a workload file that is read, or be refused with an error for users, in bounded time and memory. Prints what kinds of
 * errors came, the slowest file and the peak memory; ends with 1 and the stack traces when something else was thrown.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { OPERATOR_COVERAGE } from '../src/formats/onnx/operators/operator-table.ts';
import { TrifoldError } from '../src/util/errors.ts';
import { Random } from '../src/util/random.ts';
import { encodeModel, toBytes } from '../test/formats/onnx/encode.ts';
import { EXPORTED_MODELS } from '../test/formats/onnx/exported-models.ts';
import { importBytes } from '../test/formats/onnx/import-bytes.ts';
import { damaged, damagedModel, exchangedModel } from '../test/formats/onnx/mutate.ts';
import { SAMPLE_MODELS } from '../test/formats/onnx/sample-models.ts';

const { values: options } = parseArgs({
  options: {
    files: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    /** A folder of more models to start from. */
    folder: { type: 'string', default: '../shared/onnx' },
  },
});
const { folder } = options;
const random = Random.fromSeed(Number(options.seed));
const found = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.onnx')) : [];
const written = [...SAMPLE_MODELS, ...EXPORTED_MODELS];
const models = [
  ...written.map((model) => toBytes(encodeModel(model))),
  ...found.map((name) => readFileSync(join(folder, name))),
];
const draw = (limit: number) => random.nextInt(limit);
const settings = [{ batch: 2 }, { batch: 2, dims: new Map([['length', 3]]) }, {}];

const operators = OPERATOR_COVERAGE.map(({ name }) => name);
/** Two of three files are well-formed, so that the damage reaches the graph and its shapes. */
const wellFormed = (damage: typeof damagedModel) =>
  toBytes(encodeModel(damage(written[draw(written.length)]!, operators, draw)));

const outcomes = new Map<string, number>();
const crashes: unknown[] = [];
let slowest = 0;
for (let count = 0; count < Number(options.files); count++) {
  const bytes =
    count % 3 === 0
      ? damaged(models[draw(models.length)]!, draw)
      : wellFormed(count % 3 === 1 ? damagedModel : exchangedModel);
  const start = process.cpuUsage();
  let outcome = 'read';
  try {
    outcome = importBytes(bytes, settings[draw(settings.length)]!) ? 'imported' : 'no layers';
  } catch (error) {
    if (error instanceof TrifoldError) outcome = error.code;
    else crashes.push(error);
  }
  const { user, system } = process.cpuUsage(start);
  slowest = Math.max(slowest, (user + system) / 1e3);
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
}
console.log(`${options.files} damaged copies of ${models.length} models, seed ${options.seed}`);
for (const [outcome, count] of [...outcomes].sort()) console.log(`${outcome.padEnd(12)} ${count}`);
console.log(
  `slowest ${slowest.toFixed(0)} ms of processor, peak ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`,
);
const distinct = new Map(crashes.map((crash) => [String(crash).split('\n').slice(0, 2).join(), crash]));
for (const crash of [...distinct.values()].slice(0, 5)) console.log(crash);
if (crashes.length > 0) process.exitCode = 1;
