import { TrifoldError } from '../util/errors.ts';
import { type MemoryAccess, type SramTable, sramAccess, sramAreaMm2, sramLeakageMw } from './sram-table.ts';

/** Kind of an on-chip storage level, where a technology prices by role and not by size. */
export type MemoryRole = 'buffer' | 'register-file';

/** How on-chip memories are priced. */
export type MemoryModel =
  /** By capacity and width of an access; the role does not matter. */
  | { readonly kind: 'sram-table'; readonly table: SramTable }
  /** By role alone: the published ratios of a paper. Energy is in proportion to the bits of an access, never to capacity. */
  | {
      readonly kind: 'by-role';
      /** Bits of the access that `energyPj` is for. */
      readonly wordBits: number;
      readonly energyPj: Readonly<Record<MemoryRole, number>>;
      /** 0 when the source states none. */
      readonly areaMm2PerBit: number;
    };

/** Published energy of an arithmetic unit at one width. */
export interface ArithmeticPoint {
  readonly bits: number;
  readonly energyPj: number;
}

/** How MACs are priced. */
export interface MacModel {
  readonly energy: /** Multiplier by the product of the operand widths, adder by the accumulator width: power laws through two points each. */
    | {
        readonly kind: 'multiplier-adder';
        readonly multiply: readonly [ArithmeticPoint, ArithmeticPoint];
        readonly add: readonly [ArithmeticPoint, ArithmeticPoint];
        /** Process node of the points; energy scales with the ratio of the nodes. */
        readonly nodeNm: number;
      }
    /** One published figure for `bits` x `bits`, in proportion to the product of the operand widths. */
    | { readonly kind: 'fixed'; readonly bits: number; readonly energyPj: number };
  /** One published area for `bits` x `bits`; area scales with the product of the widths and the square of the node; null when not stated. */
  readonly area: { readonly bits: number; readonly areaMm2: number; readonly nodeNm: number | null } | null;
}

/** How DRAM is priced: one figure whatever the kind, or a choice of kinds. In pJ per bit moved, interface included. */
export type DramModel =
  | { readonly kind: 'fixed'; readonly pjPerBit: number }
  | { readonly kind: 'selectable'; readonly defaultKind: string; readonly pjPerBit: Readonly<Record<string, number>> };

/** Wires between the children of a level, and the multiplexers that let an array axis serve several dims. */
export interface WireTechnology {
  /** Energy of one bit over one mm, repeaters included. */
  readonly pjPerBitMm: number;
  /** From wire to wire. */
  readonly pitchMm: number;
  /** Area of a 2:1 multiplexer of one bit. */
  readonly multiplexerMm2: number;
}

/** A technology: prices of accesses, MACs, DRAM and wires. Immutable. */
export interface Technology {
  readonly name: string;
  readonly source: string;
  /** Process node in nm; null where the figures belong to none. */
  readonly nodeNm: number | null;
  readonly memory: MemoryModel;
  readonly mac: MacModel;
  readonly dram: DramModel;
  /** Energy of moving one bit to a neighbouring PE, whatever the distance; 0 = such hops are free. */
  readonly hopPjPerBit: number;
  /** Absent: the technology knows no wires. */
  readonly wire?: WireTechnology;
}

/** Energy in pJ of one access of `accessBits` to an on-chip memory of `capacityBits` (both > 0). */
export function memoryAccess(
  technology: Technology,
  role: MemoryRole,
  capacityBits: number,
  accessBits: number,
): MemoryAccess {
  const { memory } = technology;
  if (memory.kind === 'sram-table') return sramAccess(memory.table, capacityBits / 8, accessBits);
  const energyPj = (memory.energyPj[role] * accessBits) / memory.wordBits;
  return { readPj: energyPj, writePj: energyPj };
}

/** Area in mm^2 of an on-chip memory of `capacityBits` that is accessed `accessBits` at a time (both > 0); 0 when the technology states none. */
export function memoryAreaMm2(technology: Technology, capacityBits: number, accessBits: number): number {
  const { memory } = technology;
  return memory.kind === 'sram-table'
    ? sramAreaMm2(memory.table, capacityBits / 8, accessBits)
    : capacityBits * memory.areaMm2PerBit;
}

/** Leakage in mW of an on-chip memory (arguments as {@link memoryAreaMm2}); 0 when the technology states none. */
export function memoryLeakageMw(technology: Technology, capacityBits: number, accessBits: number): number {
  const { memory } = technology;
  return memory.kind === 'sram-table' ? sramLeakageMw(memory.table, capacityBits / 8, accessBits) : 0;
}

/** Whether a technology states the leakage of on-chip memories. */
export function knowsLeakage({ memory }: Technology): boolean {
  return memory.kind === 'sram-table';
}

/** Whether the size of an on-chip memory changes the energy of its accesses. Where it does not, a search over sizes only ever wants more. */
export function isSizeDependent(technology: Technology): boolean {
  return technology.memory.kind === 'sram-table';
}

/** Energy in pJ of one multiply-accumulate of the given widths. */
export function macEnergyPj(
  technology: Technology,
  weightBits: number,
  inputBits: number,
  accumulatorBits: number,
): number {
  const { energy } = technology.mac;
  const product = weightBits * inputBits;
  if (energy.kind === 'fixed') return (energy.energyPj * product) / energy.bits ** 2;
  const [m0, m1] = energy.multiply;
  const [a0, a1] = energy.add;
  const multiply = powerLaw(m0.bits ** 2, m0.energyPj, m1.bits ** 2, m1.energyPj, product);
  const add = powerLaw(a0.bits, a0.energyPj, a1.bits, a1.energyPj, accumulatorBits);
  return (multiply + add) * nodeRatio(technology, energy.nodeNm);
}

/** Area in mm^2 of one MAC of the given operand widths; 0 when the technology states none. */
export function macAreaMm2(technology: Technology, weightBits: number, inputBits: number): number {
  const { area } = technology.mac;
  if (area === null) return 0;
  return ((area.areaMm2 * weightBits * inputBits) / area.bits ** 2) * nodeRatio(technology, area.nodeNm) ** 2;
}

/**
 * Energy of one bit to or from DRAM in pJ; `kind` undefined means the technology's default.
 * @throws TrifoldError `not-found` for a kind that the technology does not list.
 */
export function dramPjPerBit(technology: Technology, kind: string | undefined): number {
  const { dram } = technology;
  if (dram.kind === 'fixed') return dram.pjPerBit;
  const name = kind ?? dram.defaultKind;
  if (Object.hasOwn(dram.pjPerBit, name)) return dram.pjPerBit[name]!;
  throw new TrifoldError('not-found', `technology ${technology.name} has no DRAM kind '${name}'`, {
    hint: `known are ${Object.keys(dram.pjPerBit).join(', ')}`,
  });
}

/** Linear scaling between process nodes (an assumption, stated in the technology files); 1 where either node is not stated. */
function nodeRatio(technology: Technology, fromNm: number | null): number {
  return technology.nodeNm === null || fromNm === null ? 1 : technology.nodeNm / fromNm;
}

/** y = y0 (x / x0)^e through both points. */
function powerLaw(x0: number, y0: number, x1: number, y1: number, x: number): number {
  return y0 * (x / x0) ** (Math.log(y1 / y0) / Math.log(x1 / x0));
}
