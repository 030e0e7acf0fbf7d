import { describe, expect, it } from 'vitest';
import { buildAccelerator } from '../../src/accelerator/build.ts';
import { loadTechnology } from '../../src/app/presets/load.ts';
import { evaluateReference } from '../../src/cost/reference/reference.ts';
import { parseAccelerator } from '../../src/formats/accelerator-file.ts';
import { parseDocument } from '../../src/formats/document/document.ts';
import { readMappings } from '../../src/formats/mapping-file.ts';
import { readWorkload } from '../../src/formats/workload/workload.ts';
import { errorOf } from './errors.ts';

const accelerator = buildAccelerator(
  parseAccelerator(
    `
name: tiny
source: test
technology: cacti-45nm
clock: 1 GHz
wordBits: 16
levels:
  - { name: DRAM, role: dram, array: [ { name: X, size: 2, parallel: any } ] }
  - { name: Buf, role: buffer, capacity: 24 B }
`,
    'acc.yaml',
  ),
  loadTechnology('cacti-45nm'),
);
const { network } = readWorkload(
  parseDocument('name: n\nsource: test\nlayers:\n  - { name: l, kind: linear, in: 2, out: 4, tokens: 8 }\n', 'n.yaml'),
  { batch: 1 },
);

const KEPT = '[Weights, Inputs, Outputs]';
const levels = (dram = '[P 8]', spatial = '[]', buffer = '[C 2, K 4]') =>
  `[{ level: DRAM, temporal: ${dram}, spatial: ${spatial}, keep: ${KEPT} }, { level: Buf, temporal: ${buffer}, keep: [Weights, Outputs] }]`;

/** Reads the file and takes the mapping of its layer, as `eval` does. */
function use(text: string) {
  const mappings = readMappings(parseDocument(text, 'm.yaml'));
  mappings.checkUse(accelerator, network);
  return mappings.mappingOf('l', accelerator)!;
}

const one = (text: string) => `name: m\nmappings:\n  - layer: l\n    levels: ${text}\n`;

describe('mapping files', () => {
  it.each([
    [
      'a tensor kept twice',
      one(levels().replace('[Weights, Outputs]', '[Weights, Outputs, Outputs]')),
      'keep.2',
      'Outputs stands twice',
    ],
    [
      'a tensor without multicast twice',
      one(levels().replace('[Weights, Outputs]', '[Weights], noMulticast: [Inputs, Inputs]')),
      'noMulticast.1',
      'Inputs stands twice',
    ],
    [
      'a layer mapped twice',
      `${one(levels())}  - layer: l\n    levels: ${levels()}\n`,
      'mappings.1.layer',
      'layer l is mapped twice',
    ],
    [
      'another accelerator',
      `accelerator: other\n${one(levels())}`,
      'accelerator',
      'for accelerator other, not for tiny',
    ],
    ['another workload', `workload: other\n${one(levels())}`, 'workload', 'for workload other, not for n'],
    [
      'a layer that does not exist',
      one(levels()).replace('layer: l', 'layer: k'),
      'mappings.0.layer',
      'n has no layer k',
    ],
    [
      'a level of another accelerator',
      one(levels().replace('Buf', 'L2')),
      'levels.1.level',
      'level 1 is Buf on tiny, not L2',
    ],
    [
      'an array of none',
      one(levels('[P 8]', '[K 1 Y]')),
      'levels.0.spatial.0',
      'level DRAM of tiny has no array dimension Y',
    ],
    ['an unknown dim', one(levels('[H 8]')), 'levels.0.temporal.0', 'a temporal loop is a dim and a bound'],
    ['a bound of 0', one(levels('[P 0]')), 'levels.0.temporal.0', 'a temporal loop is a dim and a bound'],
    ['a bound beyond all integers', one(levels('[P 99999999999999999999]')), 'levels.0.temporal.0', 'bound'],
    ['an unknown key', one(levels().replace('temporal', 'loops')), 'levels.0.loops', "unknown key 'loops'"],
  ])('%s is refused with its place', (_, text, key, message) => {
    const error = errorOf(() => use(text));
    expect(error.details.keyPath).toContain(key);
    expect(error.details.place).toMatchObject({ file: 'm.yaml', line: expect.any(Number) });
    expect(error.message).toContain(message);
  });

  it('an accelerator and a workload that fit are accepted', () => {
    expect(use(`accelerator: tiny\nworkload: n\n${one(levels())}`).levels).toHaveLength(2);
  });

  it('loops that do not cover the layer, or cover it more than once, name dim and sizes', () => {
    const reasons = (text: string) => {
      const evaluation = evaluateReference(network.layers[0]!, accelerator, use(one(text)), { temporalReuse: 'exact' });
      return evaluation.feasible ? [] : evaluation.violations.map((violation) => violation.message);
    };
    expect(reasons(levels())).toEqual([]);
    expect(reasons(levels('[P 4]'))).toEqual(['loops over P cover 4 of 8 positions']);
    expect(reasons(levels('[P 16]'))[0]).toContain('a temporal loop over P at level 0 has bound 16');
    expect(reasons(levels('[P 4]', '[P 2 X, K 2 X]', '[C 2, K 2]'))).toEqual([
      'spatial loops of level DRAM need 4 children on array dimension X, which has 2',
    ]);
  });

  it('a dim may have several loops at one level: each counts where it stands', () => {
    const mapping = use(one(levels('[P 2, K 2, P 4]', '[]', '[C 2, K 2]')));
    const evaluation = evaluateReference(network.layers[0]!, accelerator, mapping, { temporalReuse: 'exact' });
    if (!evaluation.feasible) throw new Error('infeasible');
    // K changes under both halves of P: 2 x 2 tiles of 2 x 2 weights.
    expect(evaluation.levels[1]!.tensors.Weights.fills).toBe(16);
    expect(evaluation.levels[0]!.tensors.Outputs.updates).toBe(32);
  });
});
