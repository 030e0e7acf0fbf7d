import { isDeepStrictEqual } from 'node:util';
import { energyByLevel, type NetworkReport, networkJson } from '../../src/app/explain/evaluate.ts';
import { describeLayerCounts, describeNetwork } from '../../src/cli/text/report-text.ts';
import { evaluateMapping } from '../../src/cost/evaluate.ts';
import { evaluateReference } from '../../src/cost/reference/reference.ts';

/** A result that contradicts itself: a fault of the product like a crash. */
export class WrongResult extends Error {}

/** @throws WrongResult with the message unless the condition holds */
export function mustHold(condition: boolean, message: string): void {
  if (!condition) throw new WrongResult(message);
}

/** @throws WrongResult unless the figures are equal but for the order of sums */
export function mustEqual(a: number, b: number, what: string): void {
  mustHold(a === b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b)), `${what}: ${a} is not ${b}`);
}

/** Every number of a document is finite, so that its JSON reads back the same. @throws WrongResult with the key path */
export function mustSurviveJson(document: unknown): void {
  walk(document, '');
  mustHold(
    isDeepStrictEqual(JSON.parse(JSON.stringify(document)), JSON.parse(JSON.stringify(document))),
    'JSON changes',
  );
}

function walk(value: unknown, path: string): void {
  if (typeof value === 'number') mustHold(Number.isFinite(value), `${path} is ${value}`);
  else if (Array.isArray(value)) for (const [i, one] of value.entries()) walk(one, `${path}[${i}]`);
  else if (typeof value === 'object' && value !== null)
    for (const [key, one] of Object.entries(value)) walk(one, `${path}.${key}`);
}

/** What a defect leaves in texts. */
const SLIPS = ['undefined', '[object'];
const NO_FIGURES = ['NaN', 'Infinity'];

/** A text for users tells no figure that is none. @param input may hold such words itself @throws WrongResult */
export function mustRead(text: string, input: string): void {
  mustReadWithout([...SLIPS, ...NO_FIGURES], text, input);
}

/** The same of an error, which may quote a figure that is none. @throws WrongResult */
export function mustReadAsError(text: string, input: string): void {
  mustReadWithout(SLIPS, text, input);
}

function mustReadWithout(words: readonly string[], text: string, input: string): void {
  for (const word of words)
    mustHold(!text.includes(word) || input.includes(word), `the text says ${word}: ${lineWith(text, word)}`);
}

function lineWith(text: string, word: string): string {
  return (
    text
      .split('\n')
      .find((line) => line.includes(word))
      ?.slice(0, 200) ?? ''
  );
}

const SMALL_MACS = 20_000;

/** Checks a report: figures finite and not negative, sums that add up, figures that another model confirms, texts. @throws WrongResult */
export function checkReport(report: NetworkReport, input: string): void {
  const { totals, layers, accelerator } = report;
  mustSurviveJson(networkJson(report));
  mustHold(totals.energyPj >= 0 && totals.cycles >= 1, `${totals.energyPj} pJ in ${totals.cycles} cycles`);
  mustHold(totals.utilization <= 1 + 1e-9, `utilization ${totals.utilization}`);
  mustEqual(
    sum(energyByLevel(report).map((row) => row.energyPj)),
    totals.energyPj,
    'energy by level against the total',
  );
  mustEqual(
    sum(layers.map(({ layer, evaluation }) => layer.repeat * evaluation.cycles)),
    totals.cycles,
    'cycles of layers',
  );
  for (const one of layers) {
    const { evaluation, layer, mapping } = one;
    mustHold(
      evaluation.levels.every((level) => level.energyPj >= 0),
      `${layer.name}: a level with less than 0 pJ`,
    );
    mustHold(evaluation.cycles >= evaluation.computeCycles, `${layer.name}: fewer cycles than MACs take`);
    if (evaluation.macs > SMALL_MACS) continue;
    const reference = evaluateReference(layer, accelerator, mapping, { temporalReuse: 'exact' });
    const own = evaluateMapping(layer, accelerator, mapping, { temporalReuse: 'exact' });
    mustHold(reference.feasible && own.feasible, `${layer.name}: one model finds it illegal`);
    if (!reference.feasible || !own.feasible) return;
    mustHold(
      reference.energyPj === own.energyPj,
      `${layer.name}: ${own.energyPj} pJ, by the reference ${reference.energyPj}`,
    );
    mustHold(
      reference.cycles === own.cycles,
      `${layer.name}: ${own.cycles} cycles, by the reference ${reference.cycles}`,
    );
  }
  mustRead(describeNetwork(report), input);
  for (const layer of layers.slice(0, 2)) mustRead(describeLayerCounts(accelerator, layer), input);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
