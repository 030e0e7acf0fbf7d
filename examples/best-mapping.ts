/** Best mapping of one convolution on a preset, with its proof. Run with `npx tsx examples/best-mapping.ts`. */
import { describeMapping, EDP, loadAccelerator, makeMapspace, makeProblem, searchExact } from '../src/index.ts';

const accelerator = loadAccelerator('nvdla-1024');
const problem = makeProblem({
  name: 'conv',
  bounds: { K: 64, C: 64, P: 56, Q: 56, R: 3, S: 3 },
  paddingBefore: [1, 1],
  inputSize: [56, 56],
});
const layer = { problem, wordBits: { Weights: 8, Inputs: 8, Outputs: 32 } };

const mapspace = makeMapspace({ layer, accelerator });
if (!mapspace.feasible) throw new Error(mapspace.reason);
const result = searchExact(mapspace, EDP);
if (result.kind !== 'found') throw new Error('no mapping');

console.log(describeMapping(accelerator, result.mapping));
console.log(`${result.evaluation.energyPj} pJ, ${result.evaluation.cycles} cycles`);
console.log(`optimal: ${result.certificate.optimal}, 1 of 10^${result.certificate.mapspaceLog10.toFixed(1)} mappings`);
