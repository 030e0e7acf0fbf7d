import { describe, expect, it } from 'vitest';
import type { ArrayDimension } from '../../src/accelerator/accelerator.ts';
import { dataflowText, drawnAxes, mainWire, parallelText, wiresOf } from '../../src/accelerator/wiring.ts';
import { DIMS, type Dim, perDim, perTensor, TENSORS } from '../../src/util/vocabulary.ts';
import { makeProblem, relevantDims } from '../../src/workload/problem.ts';

const axis = (name: string, size: number, ...parallelDims: Dim[]): ArrayDimension => ({ name, size, parallelDims });
const anyDim: ArrayDimension = { name: 'X', size: 4, parallelDims: 'any' };
const multicast = perTensor(() => true);

describe('wiring', () => {
  it('shares along a dim exactly the tensor whose words do not depend on it', () => {
    const problem = makeProblem({ name: 'convolution', bounds: perDim(() => 3) });
    for (const dim of DIMS) {
      const shared = TENSORS.filter((tensor) => !relevantDims(problem, tensor).has(dim));
      const wires = wiresOf({ multicast }, axis('X', 2, dim));
      expect(wires.map(({ tensor }) => tensor)).toEqual(shared);
      for (const wire of wires) expect(wire.kind).toBe(wire.tensor === 'Outputs' ? 'reduction' : 'broadcast');
    }
  });

  it('shares nothing that the array cannot, and nothing where any dim may run', () => {
    const noInputs = { multicast: { ...multicast, Inputs: false } };
    expect(wiresOf(noInputs, axis('X', 2, 'K', 'C')).map(({ tensor }) => tensor)).toEqual(['Outputs']);
    expect(wiresOf({ multicast }, anyDim)).toEqual([]);
  });

  it('draws the first wires of an axis with several children', () => {
    expect(mainWire({ multicast }, axis('X', 2, 'G', 'C', 'K'))).toMatchObject({ dim: 'C', tensor: 'Outputs' });
    expect(mainWire({ multicast }, axis('X', 1, 'C'))).toBeUndefined();
    expect(mainWire({ multicast }, undefined)).toBeUndefined();
  });
});

describe('axes of a drawing', () => {
  it('are X to the right and Y downwards, in whatever order they are stated', () => {
    const [x, y, z] = [axis('x', 2, 'K'), axis('Y', 3, 'C'), axis('Z', 4, 'P')];
    for (const stated of [
      [x, y, z],
      [y, x, z],
      [z, y, x],
      [z, x, y],
    ] as ArrayDimension[][])
      expect(drawnAxes(stated)).toEqual([x, y, z]);
    expect(drawnAxes([y!])).toEqual([y]);
    expect(drawnAxes([])).toEqual([]);
  });

  it('have their dims as text', () => {
    const axes = [axis('X', 14, 'K', 'G'), axis('Y', 12, 'C', 'R'), axis('Z', 2), anyDim];
    expect(dataflowText(axes)).toBe('KG-CR-1-any');
    expect(dataflowText([axis('X', 14, 'K'), axis('Y', 12, 'C')])).toBe('K-C');
    expect(parallelText(axes[0]!, 4)).toBe('K, G');
    expect(parallelText(axes[0]!, 3)).toBe('KG');
    expect(axes.map((one) => parallelText(one))).toEqual(['K, G', 'C, R', 'no dim', 'any dim']);
  });
});
