/** Supplies of the CACTI tables (ITRS high-performance devices in CACTI 7). */
export const CACTI_VOLTS = { 90: 1.2, 65: 1.1, 45: 1.0, 32: 0.9, 22: 0.8 } as const;

/** Nodes that CACTI rows exist for. */
export type CactiNode = keyof typeof CACTI_VOLTS;

/** Published energy of 256 random bits over 10 mm, at 0.9 V. */
const KECKLER_PJ_PER_BIT_MM = 310 / 2560;
const KECKLER_VOLTS = 0.9;
/** MUX2_X1 of the NanGate library. */
const MULTIPLEXER_UM2 = 1.862;
/** Node of that library. */
export const MULTIPLEXER_NM = 45;

/** The wires of a technology file. */
export interface WireNode {
  readonly volts: number;
  readonly pitchNm: number;
  /** Area of logic relative to that of 45 nm. */
  readonly logicArea: number;
  /** Where supply, pitch and area come from. */
  readonly how: string;
}

/** The wire section of the technology file of a node. */
export function wireSection({ volts, pitchNm, logicArea, how }: WireNode): string {
  const digits = (value: number) => Number(value.toPrecision(4));
  return `wire:
  energyPerMm: ${digits(KECKLER_PJ_PER_BIT_MM * (volts / KECKLER_VOLTS) ** 2)} pJ/bit
  pitch: ${digits(pitchNm)} nm
  multiplexer: ${digits(MULTIPLEXER_UM2 * logicArea)} um^2
  source: >-
    Energy: Keckler et al., IEEE Micro 31(5) 2011, table 1: 310 pJ for 256 random bits over 10 mm at 40 nm and 0.9 V. By the
    same paper the capacitance of a wire per mm hardly changes between processes, so at other nodes the square of the supply: ${volts} V here.
    Multiplexer: MUX2_X1 of the NanGate 45 nm Open Cell Library, ${MULTIPLEXER_UM2} um^2 (1.33 um by 1.4 um, its LEF file). ${how}
`;
}
