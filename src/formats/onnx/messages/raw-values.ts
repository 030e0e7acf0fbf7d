import type { ElementType } from './element-types.ts';

type Decode = (view: DataView, offset: number) => number;

const DECODERS: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ['float32', (view, offset) => view.getFloat32(offset, true)],
  ['float64', (view, offset) => view.getFloat64(offset, true)],
  ['float16', (view, offset) => halfNumber(view.getUint16(offset, true))],
  ['bfloat16', (view, offset) => bfloatNumber(view.getUint16(offset, true))],
  ['uint8', (view, offset) => view.getUint8(offset)],
  ['int8', (view, offset) => view.getInt8(offset)],
  ['uint16', (view, offset) => view.getUint16(offset, true)],
  ['int16', (view, offset) => view.getInt16(offset, true)],
  ['uint32', (view, offset) => view.getUint32(offset, true)],
  ['int32', (view, offset) => view.getInt32(offset, true)],
  ['uint64', (view, offset) => Number(view.getBigUint64(offset, true))],
  ['int64', (view, offset) => Number(view.getBigInt64(offset, true))],
  ['bool', (view, offset) => (view.getUint8(offset) === 0 ? 0 : 1)],
]);

/** The numbers in `raw_data`; undefined for types whose values no shape depends on. */
export function decodeRaw(bytes: Uint8Array, type: ElementType, count: number): number[] | undefined {
  const decode = DECODERS.get(type.name);
  if (decode === undefined) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: count }, (_, index) => decode(view, (index * type.bits) / 8));
}

function halfNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function bfloatNumber(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint16(0, bits);
  return view.getFloat32(0);
}
