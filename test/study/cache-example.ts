import { createHash } from 'node:crypto';
import type { MappedLayer } from '../../src/search/ports.ts';

/** A key like those of `mappingKey`. */
export function keyOf(number: number): string {
  return createHash('sha256').update(String(number)).digest('hex');
}

/** A result that tells its number, of a length that depends on it. */
export function resultOf(number: number): MappedLayer {
  const temporal = Array.from({ length: number % 40 }, (_, i) => ({ dim: 'K' as const, bound: 1 + i }));
  return {
    kind: 'mapped',
    energyPj: number + 0.125,
    cycles: number,
    evaluations: number,
    optimal: true,
    lowerBound: number,
    mapping: {
      levels: [
        {
          temporal,
          spatial: [{ dim: 'C', bound: 2, array: 'X' }],
          keep: ['Weights', 'Inputs', 'Outputs'],
          noMulticast: [],
        },
        { temporal: [], spatial: [], keep: ['Outputs'], noMulticast: ['Weights'] },
      ],
    },
  };
}
