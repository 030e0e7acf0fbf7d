import type { Accelerator } from '../src/accelerator/accelerator.ts';
import type { CostOptions } from '../src/cost/evaluation.ts';
import { compileKernel, type Kernel } from '../src/cost/kernel/kernel.ts';
import { type PackedMapping, unpackMapping } from '../src/cost/packed-mapping.ts';
import { evaluateReference } from '../src/cost/reference/reference.ts';
import { Random } from '../src/util/random.ts';
import type { LayerShape } from '../src/workload/network.ts';
import { ACCELERATORS, LAYERS, withAllTerms } from './kernel-cases.ts';
import { sampleMappings } from './kernel-mappings.ts';

const EXACT: CostOptions = { temporalReuse: 'exact' };
const TIMELOOP: CostOptions = { temporalReuse: 'timeloop' };
const MAPPINGS = 4000;
const ROUNDS = 5;
const ROUND_MS = 100;

let checksum = 0;

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/**
 * Median over rounds of evaluations per second of processor time (the process's user time, so that other work on the machine counts little);
 * every round runs over all mappings again and again.
 */
function ratePerSecond(kernel: Kernel, mappings: readonly PackedMapping[]): number {
  const rates = Array.from({ length: ROUNDS }, () => {
    const start = process.cpuUsage().user;
    let done = 0;
    let elapsed = 0;
    while (elapsed < ROUND_MS * 1000) {
      for (const mapping of mappings) if (kernel.evaluate(mapping) === 0) checksum += kernel.edpPjCycles;
      done += mappings.length;
      elapsed = process.cpuUsage().user - start;
    }
    return (done * 1e6) / elapsed;
  });
  return median(rates);
}

function kernelRate(
  layer: LayerShape | null,
  accelerator: Accelerator,
  imperfect: boolean,
  options: CostOptions = EXACT,
): string {
  if (layer === null) return '';
  const kernel = compileKernel(layer, accelerator, options);
  const mappings = sampleMappings(Random.fromSeed(1), kernel, accelerator, imperfect, MAPPINGS);
  if (mappings.length < 100) return 'too few';
  return thousands(ratePerSecond(kernel, mappings));
}

/** Evaluations per second of the reference model over the first few mappings, once. */
function referenceRate(layer: LayerShape, accelerator: Accelerator): string {
  const kernel = compileKernel(layer, accelerator, EXACT);
  const mappings = sampleMappings(Random.fromSeed(1), kernel, accelerator, false, 50);
  const start = process.cpuUsage().user;
  let done = 0;
  let elapsed = 1;
  for (const mapping of mappings) {
    const result = evaluateReference(layer, accelerator, unpackMapping(kernel.layout, mapping), EXACT);
    checksum += result.feasible ? result.edpPjCycles : 0;
    done++;
    elapsed = process.cpuUsage().user - start;
    if (elapsed > 500_000) break;
  }
  return ((done * 1e6) / elapsed).toFixed(0);
}

/** The rate with all terms over that without, of the same mappings. */
function termsRatio(layer: LayerShape, accelerator: Accelerator, imperfect: boolean): string {
  const plain = compileKernel(layer, accelerator, EXACT);
  const stated = compileKernel({ ...layer, zeros: { Inputs: 0.5 } }, withAllTerms(accelerator), EXACT);
  const mappings = sampleMappings(Random.fromSeed(1), plain, accelerator, imperfect, MAPPINGS).filter(
    (mapping) => stated.evaluate(mapping) === 0,
  );
  if (mappings.length < 100) return 'too few';
  return (ratePerSecond(stated, mappings) / ratePerSecond(plain, mappings)).toFixed(2);
}

function thousands(rate: number): string {
  return `${Math.round(rate / 1000)}k`;
}

console.log(
  'Evaluations per second of processor time, one thread (median of rounds over distinct random legal mappings)\n',
);
console.log(
  "| layer | accelerator | perfect | perfect, padded | imperfect | imperfect, padded | perfect, Timeloop's rule | reference |",
);
console.log('|---|---|---:|---:|---:|---:|---:|---:|');
const filter = process.argv[2];
for (const accelerator of ACCELERATORS)
  for (const { name, padded, unpadded } of LAYERS) {
    if (filter !== undefined && !name.includes(filter)) continue;
    const rates = [
      kernelRate(unpadded, accelerator, false),
      kernelRate(padded, accelerator, false),
      kernelRate(unpadded, accelerator, true),
      kernelRate(padded, accelerator, true),
      kernelRate(unpadded, accelerator, false, TIMELOOP),
      referenceRate(unpadded, accelerator),
    ];
    console.log(`| ${name} | ${accelerator.name} | ${rates.join(' | ')} |`);
  }
console.log('\nRates with all terms of hardware stated over those without, measured in turn\n');
console.log('| layer | accelerator | perfect | imperfect, padded |');
console.log('|---|---|---:|---:|');
for (const accelerator of ACCELERATORS)
  for (const { name, padded, unpadded } of LAYERS) {
    if (filter !== undefined && !name.includes(filter)) continue;
    const ratios = [termsRatio(unpadded, accelerator, false), termsRatio(padded ?? unpadded, accelerator, true)];
    console.log(`| ${name} | ${accelerator.name} | ${ratios.join(' | ')} |`);
  }
if (Number.isNaN(checksum)) throw new Error('an evaluation is not a number');
