import { TENSORS } from '../../util/vocabulary.ts';
import type { ReportModel } from '../report-model.ts';

/** Colour of a tensor, as a variable of the page like all colours here. */
export function tensorColor(tensor: string): string {
  return TENSORS.some((name) => name === tensor) ? `var(--${tensor.toLowerCase()})` : 'var(--mac)';
}

/** Colours of storage levels, outermost first. With those of the tensors they are the eight of Okabe and Ito (2008), which colour-blind readers tell apart. */
const LEVEL_COLORS = [
  'var(--level0)',
  'var(--level1)',
  'var(--level2)',
  'var(--level3)',
  'var(--level4)',
  'var(--level5)',
];

/** Part of the energy of vector operators beside the storage levels. */
const VECTOR_UNIT = 'vector unit';

/** Colour of a storage level, also in what binds a layer (`launch of Buffer`), or of what else has a share in energy or binds one: the MACs, `compute`. */
export function colorOf(model: ReportModel, name: string): string {
  const names = levelNames(model);
  const exact = names.indexOf(name);
  const index = exact >= 0 ? exact : names.findIndex((level) => name.endsWith(` ${level}`));
  if (index < 0 && name === VECTOR_UNIT) return 'var(--vector-unit)';
  return index < 0 ? 'var(--mac)' : LEVEL_COLORS[index % LEVEL_COLORS.length]!;
}

/** Names of the storage levels, outermost first. */
export function levelNames(model: ReportModel): readonly string[] {
  const { specification, layers } = model;
  if (specification !== null) return specification.levels.map(({ name }) => name);
  return [
    ...new Set(
      layers.flatMap((layer) =>
        layer.energyByLevelPj.slice(1).flatMap(({ name }) => (name === VECTOR_UNIT ? [] : [name])),
      ),
    ),
  ];
}
