import { type ErrorCode, TrifoldError } from '../../../util/errors.ts';
import type { ByteSource } from './byte-source.ts';

/** Wire types of protobuf that ONNX uses. */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

const WIRE_NAMES = [
  'a varint',
  '8 bytes',
  'bytes with a length',
  'the start of a group',
  'the end of a group',
  '4 bytes',
];
const DAMAGED = 'the file is damaged, or no ONNX model: download it or export it again';
const WINDOW_BYTES = 1 << 16;
/** Bytes of a list of varints in which each is read. */
const MOST_COUNTED = 1 << 16;
const MOST_DEPTH = 64;
/** Units of memory that the kept parts of a file may take: bytes of text, 8 for a number, 64 for a message. */
const MOST_KEPT = 2 ** 29;
const KEPT_MESSAGE = 64;
const KEPT_STRING = 32;
const KEPT_NUMBER = 8;

/**
 * Reads the wire format of protobuf from a source that is never loaded as a whole. protobufjs wants the file in one buffer and copies every
 * weight out of it; here a field is skipped by its length, so weights are not even read from disk.
 *
 * Every length is checked against what remains of the message around it; depth and kept memory have limits.
 */
export class WireReader {
  readonly #source: ByteSource;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  readonly #path: (string | number)[] = [];
  #window: Uint8Array = new Uint8Array(0);
  #windowStart = 0;
  #position = 0;
  #kept = 0;
  #depth = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Bytes of the source. */
  get length(): number {
    return this.#source.length;
  }

  /** Offset of the next byte. */
  get position(): number {
    return this.#position;
  }

  /** An error at this place of the file. */
  error(message: string, code: ErrorCode = 'syntax', hint = DAMAGED): TrifoldError {
    return new TrifoldError(code, `byte ${this.#position}: ${message}`, {
      place: { file: this.#source.file },
      ...(this.#path.length === 0 ? {} : { keyPath: this.#path.join('.') }),
      hint,
    });
  }

  /**
   * Reads the fields of a message that ends at `end`. `take` reads the value of a field and answers true, or leaves it and answers false:
   * then it is skipped.
   */
  fields(end: number, take: (field: number, wire: number) => boolean): void {
    if (++this.#depth > MOST_DEPTH) throw this.error(`messages lie more than ${MOST_DEPTH} deep in each other`);
    this.keep(KEPT_MESSAGE);
    while (this.#position < end) {
      const tag = this.varint(end);
      const field = Math.floor(tag / 8);
      if (tag < 8 || field > 0x1fffffff) throw this.error(`wanted a field, found the tag ${tag}`);
      const wire = tag % 8;
      if (!take(field, wire)) this.skip(wire, end);
      if (this.#position > end) throw this.error('a field goes on after the end of its message');
    }
    this.#depth--;
  }

  /** Reads an embedded message: `read` gets its end. `label` and `index` say in errors where it is. */
  message<Result>(wire: number, end: number, label: string, index: number, read: (end: number) => Result): Result {
    const messageEnd = this.span(wire, end, label);
    this.#path.push(label);
    if (index >= 0) this.#path.push(index);
    const result = read(messageEnd);
    if (index >= 0) this.#path.pop();
    this.#path.pop();
    return result;
  }

  /** Reads the length of a field of bytes; returns where it ends. */
  span(wire: number, end: number, what: string): number {
    this.expect(wire, WIRE.bytes, what);
    const length = this.varint(end);
    if (length < 0 || length > end - this.#position)
      throw this.error(
        `${what} wants ${length} bytes, ${end - this.#position} remain: the file is truncated or damaged`,
      );
    return this.#position + length;
  }

  /** Text of a name. */
  text(wire: number, end: number, what: string): string {
    const stop = this.span(wire, end, what);
    const length = stop - this.#position;
    if (length > 1 << 16) throw this.error(`${what} is a text of ${length} bytes, more than ${1 << 16}`);
    this.keep(KEPT_STRING + length);
    const at = this.#at(length);
    try {
      return this.#decoder.decode(this.#window.subarray(at, at + length));
    } catch {
      throw this.error(`${what} is no UTF-8 text`);
    } finally {
      this.#position = stop;
    }
  }

  /** A copy of the bytes until `stop`. */
  bytes(stop: number): Uint8Array {
    const length = stop - this.#position;
    this.keep(length);
    const at = this.#at(length);
    this.#position = stop;
    return this.#window.slice(at, at + length);
  }

  /** An integer field. */
  integer(wire: number, end: number, what: string): number {
    this.expect(wire, WIRE.varint, what);
    this.keep(KEPT_NUMBER);
    return this.varint(end);
  }

  /** A field of 4 bytes as a number. */
  float(wire: number, end: number, what: string): number {
    this.expect(wire, WIRE.fixed32, what);
    return this.fixed(4, end);
  }

  /**
   * Adds the numbers of a repeated field, packed or not, to `into`; beyond `most` they are counted only.
   * @returns how many numbers there were; NaN for a long list of varints, which is passed over
   */
  numbers(wire: number, end: number, what: string, kind: 'varint' | 4 | 8, into: number[], most: number): number {
    const single = kind === 'varint' ? WIRE.varint : kind === 4 ? WIRE.fixed32 : WIRE.fixed64;
    if (wire === single) {
      this.#number(kind, end, into, most);
      return 1;
    }
    const stop = this.span(wire, end, what);
    if (kind !== 'varint') {
      const count = (stop - this.#position) / kind;
      if (!Number.isInteger(count))
        throw this.error(`${what} wants numbers of ${kind} bytes, found ${count * kind} bytes`);
      if (into.length + count > most) this.#position = stop;
      else while (this.#position < stop) this.#number(kind, stop, into, most);
      return count;
    }
    if (stop - this.#position > MOST_COUNTED) {
      this.#position = stop;
      return Number.NaN;
    }
    let count = 0;
    for (; this.#position < stop; count++) this.#number(kind, stop, into, most);
    return count;
  }

  #number(kind: 'varint' | 4 | 8, end: number, into: number[], most: number): void {
    const value = kind === 'varint' ? this.varint(end) : this.fixed(kind, end);
    if (into.length >= most) return;
    this.keep(KEPT_NUMBER);
    into.push(value);
  }

  /** Passes over the value of a field. */
  skip(wire: number, end: number): void {
    if (wire === WIRE.varint) this.varint(end);
    else if (wire === WIRE.bytes) this.#position = this.span(wire, end, 'a field');
    else if (wire === WIRE.fixed32 || wire === WIRE.fixed64)
      this.#skipTo(this.#position + (wire === WIRE.fixed32 ? 4 : 8), end);
    else throw this.error(`wanted a field, found wire type ${wire} (${WIRE_NAMES[wire] ?? 'unknown'})`);
  }

  /** Goes on at `stop`, which a {@link span} gave. */
  skipTo(stop: number): void {
    this.#position = stop;
  }

  /** Counts memory that what is kept takes. */
  keep(units: number): void {
    this.#kept += units;
    if (this.#kept > MOST_KEPT)
      throw this.error(
        `the graph, without its weights, takes more than ${MOST_KEPT / 2 ** 20} MiB`,
        'unsupported',
        'this is more than ten million nodes and names; is it an ONNX model?',
      );
  }

  /** A signed integer of 64 bits; beyond 2^53 the nearest number. */
  varint(end: number): number {
    const first = this.#window[this.#position - this.#windowStart];
    if (first !== undefined && first < 0x80 && this.#position < end) {
      this.#position++;
      return first;
    }
    const at = this.#at(Math.min(10, end - this.#position));
    const available = Math.min(10, end - this.#position);
    const window = this.#window;
    let low = 0;
    let middle = 0;
    let high = 0;
    for (let index = 0; index < available; index++) {
      const byte = window[at + index]!;
      const bits = byte & 0x7f;
      if (index < 4) low |= bits << (7 * index);
      else if (index < 8) middle |= bits << (7 * (index - 4));
      else high |= bits << (7 * (index - 8));
      if (byte < 0x80) {
        if (high > 0xff) break;
        this.#position += index + 1;
        // Two halves of 32 bits, so that one addition rounds.
        const lower = (low | (middle << 28)) >>> 0;
        const upper = ((middle >>> 4) | (high << 24)) >>> 0;
        if (upper < 2 ** 31) return upper * 2 ** 32 + lower;
        return -((~upper >>> 0) * 2 ** 32 + ((~lower >>> 0) + 1));
      }
    }
    throw this.error(
      available < 10 ? 'a number goes on after the end of its message' : 'a number has more than 64 bits',
    );
  }

  /** A number of 4 or 8 bytes in IEEE 754. */
  fixed(bytes: 4 | 8, end: number): number {
    if (end - this.#position < bytes) throw this.error('a number goes on after the end of its message');
    const at = this.#at(bytes);
    const view = new DataView(this.#window.buffer, this.#window.byteOffset + at, bytes);
    this.#position += bytes;
    return bytes === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true);
  }

  /** @throws TrifoldError when a field is not of the wire type that it should have */
  expect(wire: number, wanted: number, what: string): void {
    if (wire !== wanted)
      throw this.error(`${what} wants ${WIRE_NAMES[wanted]}, found ${WIRE_NAMES[wire] ?? 'an unknown wire type'}`);
  }

  #skipTo(stop: number, end: number): void {
    if (stop > end) throw this.error('a number goes on after the end of its message');
    this.#position = stop;
  }

  /** Where the next `length` bytes begin in the window, which is moved when they are not all in it. */
  #at(length: number): number {
    const at = this.#position - this.#windowStart;
    if (at >= 0 && at + length <= this.#window.length) return at;
    this.#window = this.#source.read(this.#position, Math.max(WINDOW_BYTES, length));
    this.#windowStart = this.#position;
    if (this.#window.length < length)
      throw this.error(`wanted ${length} bytes, found ${this.#window.length}: the file ends here`);
    return 0;
  }
}
