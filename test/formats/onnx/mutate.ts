import type { TestModel } from './encode.ts';

/** Whole numbers from 0 to below a limit. */
export type Draw = (limit: number) => number;

const STRANGE: readonly (readonly number[])[] = [
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
  [0x80, 0x80, 0x80, 0x80, 0x10],
  [0x00],
  [0x7f],
  [0xff, 0xff, 0x03],
];

/** A damaged copy: up to four times a byte changed, a part cut out, doubled, moved or overwritten, or the end cut off. */
export function damaged(bytes: Uint8Array, draw: Draw): Uint8Array {
  let found = bytes;
  for (let left = 1 + draw(4); left > 0; left--) found = damagedOnce(found, draw);
  return found;
}

function damagedOnce(bytes: Uint8Array, draw: Draw): Uint8Array {
  if (bytes.length === 0) return bytes;
  const at = draw(bytes.length);
  const length = 1 + draw(Math.min(32, bytes.length - at));
  const [before, part, after] = [bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at + length)];
  const strange = STRANGE[draw(STRANGE.length)]!;
  const kind = draw(8);
  if (kind === 0) return before;
  if (kind === 1) return joined(before, after);
  if (kind === 2) return joined(before, part, part, after);
  if (kind === 3) return joined(before, strange, after);
  if (kind === 4) return joined(before, strange, part, after);
  if (kind === 5) return joined(after, part, before);
  const changed = bytes.slice();
  if (kind === 6) changed[at] = draw(256);
  else changed[at]! ^= 1 << draw(8);
  return changed;
}

function joined(...parts: readonly ArrayLike<number>[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const STRANGE_NUMBERS = [0, 1, -1, 2, 3, 7, 64, 2 ** 20, 2 ** 31, 2 ** 53, -(2 ** 53), 2 ** 62];

/** A copy of a model whose file is well-formed and whose graph may not be: numbers, names, operators, lists changed. */
export function damagedModel(model: TestModel, operators: readonly string[], draw: Draw): TestModel {
  const copy = structuredClone(model);
  for (let left = 1 + draw(4); left > 0; left--) {
    const places = placesIn(copy);
    const [holder, key] = places[draw(places.length)]!;
    const value = holder[key];
    if (key === 'op') [holder.op, holder.domain] = operatorParts(operators[draw(operators.length)]!);
    else if (typeof value === 'number') holder[key] = STRANGE_NUMBERS[draw(STRANGE_NUMBERS.length)]!;
    else if (typeof value === 'string') {
      const texts = places.map(([other, name]) => other[name]).filter((one) => typeof one === 'string');
      holder[key] = draw(8) === 0 ? '' : texts[draw(texts.length)]!;
    } else if (Array.isArray(value) && value.length > 0) {
      const at = draw(value.length);
      if (draw(2) === 0) value.splice(at, 1);
      else value.splice(draw(value.length), 0, structuredClone(value[at]));
    }
  }
  return copy;
}

/** A copy of a model with a few operators exchanged, inputs connected elsewhere, or sizes of inputs changed: most often still a graph. */
export function exchangedModel(model: TestModel, operators: readonly string[], draw: Draw): TestModel {
  const copy = structuredClone(model);
  const nodes: readonly object[] = copy.graph.nodes;
  const made = copy.graph.nodes.flatMap(({ outputs }) => outputs);
  for (let left = 1 + draw(2); left > 0; left--) {
    const node = nodes[draw(nodes.length)] as Holder;
    const kind = draw(3);
    if (kind === 0) [node.op, node.domain] = operatorParts(operators[draw(operators.length)]!);
    else if (kind === 1) {
      const inputs = node.inputs as string[];
      inputs[draw(inputs.length)] = made[draw(made.length)]!;
    } else
      for (const input of (copy.graph.inputs ?? []) as readonly object[] as readonly Holder[])
        input.dims = (input.dims as unknown[]).map((dim) => (draw(4) === 0 ? 1 + draw(16) : dim));
  }
  return copy;
}

function operatorParts(name: string): readonly [string, string] {
  const [domain, op] = name.includes(':') ? name.split(':') : ['', name];
  return [op!, domain!];
}

type Holder = Record<string, unknown>;

function placesIn(holder: object): [Holder, string][] {
  if (holder instanceof Uint8Array) return [];
  return Object.entries(holder).flatMap(([key, value]): [Holder, string][] => [
    ...(key === 'raw' ? [] : [[holder as Holder, key] as [Holder, string]]),
    ...(typeof value === 'object' && value !== null ? placesIn(value) : []),
  ]);
}
