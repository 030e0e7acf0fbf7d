import type { Capacity, StorageLevel } from '../accelerator/accelerator.ts';
import type { TensorName } from '../util/vocabulary.ts';
import type { LayerShape } from '../workload/network.ts';
import type { Residency } from '../workload/residency.ts';
import type { Mapping } from './mapping.ts';

/** The part of a layer that decides where its operands are. */
export type Resident = Pick<LayerShape, 'residency'>;

/** Whether an operand is retained: its home is the retention level. */
export function isRetained(residency: Residency | undefined, tensor: TensorName): boolean {
  if (residency === undefined) return false;
  if (tensor === 'Outputs') return residency.outputs !== 'outermost';
  return tensor === 'Weights' ? residency.weights : residency.inputs;
}

/** Whether nothing of an operand is at a level, because its home lies further inside. */
export function isOutsideHome({ residency }: Resident, index: number, tensor: TensorName): boolean {
  return residency !== undefined && index < residency.level && isRetained(residency, tensor);
}

/** Whether an operand lies in its home at a level, so that the mapping holds no tile of it there; staged Outputs have both. */
export function isAtHome({ residency }: Resident, index: number, tensor: TensorName): boolean {
  if (residency === undefined || index !== residency.level || !isRetained(residency, tensor)) return false;
  return tensor !== 'Outputs' || residency.outputs === 'in-place';
}

/** What tiles of the mapping may take of a level: its capacity, at the retention level the room of the step. */
export function tileCapacity(
  { capacity }: Pick<StorageLevel, 'capacity'>,
  { residency }: Resident,
  index: number,
): Capacity {
  if (residency?.level !== index) return capacity;
  return residency.roomBits === null ? { kind: 'unlimited' } : { kind: 'shared', bits: residency.roomBits };
}

/**
 * Whether a mapping may keep a tensor at a level: not where its home lies further inside; the outermost level has all of it all the same. Nor may Outputs that
 * partial sums of a step before are added to stay at a level that takes none back.
 */
export function mayKeep(layer: Resident, level: StorageLevel, index: number, tensor: TensorName): boolean {
  if (!level.mayKeep.includes(tensor)) return false;
  return index === 0 || !(isOutsideHome(layer, index, tensor) || wouldResume(layer, level, index, tensor));
}

/** Whether old partial sums of Outputs would come into a level that never takes any back. */
export function wouldResume(
  { residency }: Resident,
  { spill }: Pick<StorageLevel, 'spill'>,
  index: number,
  tensor: TensorName,
): boolean {
  if (spill !== 'never' || tensor !== 'Outputs' || !isResumed(residency)) return false;
  return index > residency.level || (index === residency.level && residency.outputs === 'staged');
}

/** Whether the words of Outputs hold partial sums of a step before. */
export function isResumed(residency: Residency | undefined): residency is Residency {
  return residency !== undefined && residency.outputs !== 'outermost' && residency.resumes === true;
}

/** Whether every mapping keeps a tensor at a level: by name everything at the outermost one, and what lies in its home there. */
export function mustKeep(layer: Resident, level: StorageLevel, index: number, tensor: TensorName): boolean {
  if (index === 0 || isAtHome(layer, index, tensor)) return true;
  return level.mustKeep.includes(tensor) && !isOutsideHome(layer, index, tensor);
}

/** Whether what is inside a level takes Outputs from their home there and sends them to it: in place, or staged where the level holds no tile of them. */
export function servesFromHome({ residency }: Resident, { levels }: Mapping, index: number): boolean {
  if (residency === undefined || index !== residency.level || residency.outputs === 'outermost') return false;
  return residency.outputs === 'in-place' || !levels[index]!.keep.includes('Outputs');
}
