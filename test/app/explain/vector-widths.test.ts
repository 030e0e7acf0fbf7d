import { expect, it } from 'vitest';
import { movedWidths } from '../../../src/app/explain/vector-report.ts';
import { vectorDemands } from '../../../src/workload/graph/fusion.ts';
import { file, read } from '../../formats/workload-files.ts';

// Killed by: widths of the network where levels store activations in others, widths of partial sums.
it('states the widths in which levels move the words of vector operators', () => {
  const layers = [
    { name: 'layer', kind: 'pointwise', out: 2 },
    { name: 'softmax', kind: 'softmax' },
  ];
  const demands = vectorDemands(read(file(layers, { input: [2, 3, 3] })).graph!);
  expect(movedWidths(demands)).toEqual([16]);
  const buffer = { storedBits: { Inputs: 8, Outputs: 32 } };
  expect(movedWidths(demands, [{ storedBits: { Outputs: 8 } }, buffer])).toEqual([8, 16]);
  expect(movedWidths(demands, [buffer, buffer])).toEqual([8]);
});
