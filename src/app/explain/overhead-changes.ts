import type { AcceleratorSpecification, LevelSpecification } from '../../accelerator/specification.ts';

/** Every term that a level can state: as a file spells it, and the level without it; null where it does not state it. */
const TERMS: readonly (readonly [name: string, without: (level: LevelSpecification) => LevelSpecification | null])[] = [
  ['launch', ({ launch, ...level }) => (launch === undefined ? null : level)],
  ['refetch', ({ refetch, ...level }) => (refetch === undefined ? null : level)],
  ['spill: never', ({ spill, ...level }) => (spill === undefined ? null : level)],
  ['requests', ({ requests, ...level }) => (requests === undefined ? null : level)],
  ['drain: charged', ({ drain, ...level }) => (drain === undefined ? null : level)],
  ['compression', ({ compression, ...level }) => (compression === undefined ? null : level)],
  ['overlap: none', ({ overlap, ...level }) => (overlap === undefined ? null : level)],
  ['fill', ({ fanOut: { fill, ...fanOut }, ...level }) => (fill === undefined ? null : { ...level, fanOut })],
  [
    'ramp',
    ({ fanOut: { rampCycles, ...fanOut }, ...level }) => (rampCycles === undefined ? null : { ...level, fanOut }),
  ],
];

/** An accelerator without one term, which the name tells. */
interface WithoutTerm {
  readonly name: string;
  readonly specification: AcceleratorSpecification;
}

/** Every term that a level states, taken away alone. */
export function overheadChanges(specification: AcceleratorSpecification): WithoutTerm[] {
  const { levels } = specification;
  return levels.flatMap((level, index) =>
    TERMS.flatMap(([name, without]): WithoutTerm[] => {
      const changed = without(level);
      if (changed === null) return [];
      return [
        {
          name: `${level.name} without ${name}`,
          specification: { ...specification, levels: levels.with(index, changed) },
        },
      ];
    }),
  );
}
