import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryBytes } from '../../src/study/cache-segment.ts';
import { type FileOperations, NODE_FILES } from '../../src/study/file-operations.ts';
import { nextRunName } from '../../src/study/run-names.ts';
import { keyOf, openCache, resultOf } from './cache-example.ts';
import { startChild, temporaryFolder } from './support.ts';

const root = temporaryFolder();
const newFolder = () => nextRunName(root, 'cache');
const files = (folder: string) => readdirSync(folder).map((name) => join(folder, name));
const sizeOf = (folder: string) => files(folder).reduce((sum, file) => sum + statSync(file).size, 0);
const range = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('a cache of entries', () => {
  it('gives back what any object or process put', () => {
    const folder = join(newFolder(), 'made/with/the/first/entry');
    const [writer, reader] = [openCache(folder), openCache(folder)];
    expect(reader.get(keyOf(1))).toBeUndefined();
    for (const i of range(50)) {
      writer.put(keyOf(i), resultOf(i));
      expect(reader.get(keyOf(i))).toEqual(resultOf(i));
    }
    for (const i of range(50)) expect(reader.get(keyOf(i))).toEqual(resultOf(i));
    expect(reader.get(keyOf(50))).toBeUndefined();
    expect(reader.counters).toEqual({ hits: 100, misses: 2, writes: 0, failedWrites: 0, corrupted: 0 });
    expect(writer.counters.writes).toBe(50);
  });

  it('stays within its size and forgets the oldest first', () => {
    const folder = newFolder();
    const maxBytes = 64 * 1024;
    const cache = openCache(folder, maxBytes);
    for (const i of range(600)) {
      cache.put(keyOf(i), resultOf(i));
      expect(cache.get(keyOf(i))).toEqual(resultOf(i));
    }
    expect(sizeOf(folder)).toBeLessThanOrEqual(maxBytes);
    expect(sizeOf(folder)).toBeGreaterThan(maxBytes / 3);
    const known = range(600).filter((i) => openCache(folder, maxBytes).get(keyOf(i)) !== undefined);
    expect(known.length).toBeGreaterThan(20);
    expect(known).toContain(599);
    expect(known[0]).toBeGreaterThan(100);
    cache.put(keyOf(1000), resultOf(1000, 100_000));
    expect(cache.get(keyOf(1000))).toBeUndefined();
    expect(cache.counters.failedWrites).toBe(1);
  });

  it('survives that it is deleted, emptied or replaced at any time', () => {
    const folder = newFolder();
    const cache = openCache(folder);
    const toFolder = (file: string) => {
      rmSync(file);
      mkdirSync(file);
    };
    for (const spoil of [rmSync, (file: string) => writeFileSync(file, ''), toFolder]) {
      cache.put(keyOf(1), resultOf(1));
      expect(cache.get(keyOf(1))).toEqual(resultOf(1));
      for (const file of files(folder)) spoil(file);
      if (spoil === rmSync) rmSync(folder, { recursive: true });
      expect(cache.get(keyOf(1))).toBeUndefined();
    }
    cache.put(keyOf(1), resultOf(1));
    expect(cache.counters.failedWrites).toBe(1);
  });

  it('notices that another file has taken the place and the inode number of one', () => {
    const folder = newFolder();
    const cache = openCache(folder);
    const sameShard = range(2000).filter((i) => keyOf(i).startsWith('7'));
    const [a = 0, b = 0, ...others] = sameShard.sort((x, y) => (x % 40) - (y % 40));
    cache.put(keyOf(b), resultOf(b));
    expect(cache.get(keyOf(b))).toEqual(resultOf(b));
    const [file = ''] = files(folder);
    const contents = [a, ...others].map((i) => entryBytes(keyOf(i), JSON.stringify(resultOf(i))));
    writeFileSync(file, Buffer.concat(contents));
    expect(cache.get(keyOf(b))).toBeUndefined();
    for (const i of [a, ...others]) expect(cache.get(keyOf(i))).toEqual(resultOf(i));
    expect(cache.counters.corrupted).toBe(0);
  });

  it('ignores and counts damaged entries, and never gives a wrong one', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }), fc.nat(), (flips, cut) => {
        const folder = newFolder();
        const writer = openCache(folder);
        for (const i of range(12)) writer.put(keyOf(i), resultOf(i));
        for (const file of files(folder)) {
          const bytes = readFileSync(file);
          for (const [place, value] of flips) bytes[place % bytes.length] = value;
          writeFileSync(file, bytes.subarray(0, bytes.length - (cut % 20)));
        }
        const cache = openCache(folder);
        for (const i of range(12)) {
          const result = cache.get(keyOf(i));
          if (result !== undefined) expect(result).toEqual(resultOf(i));
        }
        for (const i of range(12)) {
          cache.put(keyOf(i), resultOf(i));
          expect(cache.get(keyOf(i))).toEqual(resultOf(i));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('counts torn and foreign lines, and entries of another form', () => {
    const folder = newFolder();
    const cache = openCache(folder);
    cache.put(keyOf(1), resultOf(1));
    const [file = ''] = files(folder);
    appendFileSync(file, 'not an entry\n');
    appendFileSync(file, entryBytes(keyOf(1), JSON.stringify(resultOf(2))).subarray(0, 90));
    expect(cache.get(keyOf(1))).toEqual(resultOf(1));
    expect(cache.counters.corrupted).toBe(1);
    cache.put(keyOf(1), resultOf(3));
    expect(cache.get(keyOf(1))).toEqual(resultOf(3));
    expect(cache.counters.corrupted).toBe(2);
    for (const payload of ['{"number":1}', '17', '{"number":1,"loops":[{}]}']) {
      appendFileSync(file, entryBytes(keyOf(1), payload));
      expect(cache.get(keyOf(1))).toBeUndefined();
    }
  });

  it('leaves out what cannot be written', () => {
    const folder = newFolder();
    const short: FileOperations = { ...NODE_FILES };
    // Only the overload that the code calls: a full disk that takes half of an entry.
    short.writeSync = ((descriptor: number, bytes: Uint8Array, offset: number, length: number) =>
      NODE_FILES.writeSync(descriptor, bytes, offset, length >> 1)) as FileOperations['writeSync'];
    const full = openCache(folder, 1e6, short);
    full.put(keyOf(1), resultOf(1));
    expect(full.get(keyOf(1))).toBeUndefined();
    expect(full.counters).toMatchObject({ writes: 0, failedWrites: 1 });
    const cache = openCache(folder, 1e6);
    cache.put(keyOf(1), resultOf(1));
    expect(cache.get(keyOf(1))).toEqual(resultOf(1));
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const nowhere = openCache(join(file, 'cache'));
    nowhere.put(keyOf(1), resultOf(1));
    expect(nowhere.get(keyOf(1))).toBeUndefined();
    expect(nowhere.counters.failedWrites).toBe(1);
  });

  it('takes entries of two processes at once, also while files are replaced', async () => {
    for (const maxBytes of [1e8, 200_000]) {
      const folder = join(newFolder(), 'shared');
      const ranges = [
        [0, 900],
        [600, 1500],
      ] as const;
      const children = ranges.map(([from, to]) =>
        startChild('cache-writer.ts', folder, String(from), String(to), String(maxBytes)),
      );
      const cache = openCache(folder, maxBytes);
      for (let i = 0, over = false; !over; i = (i + 7) % 1500) {
        const result = cache.get(keyOf(i));
        if (result !== undefined) expect(result).toEqual(resultOf(i));
        if (i % 64 === 0) await new Promise((resolve) => setImmediate(resolve));
        over = children.every((child) => child.lines.length > 0);
      }
      expect(await Promise.all(children.map((child) => child.ended()))).toEqual([0, 0]);
      const known = range(1500).filter((i) => {
        const result = cache.get(keyOf(i));
        if (result !== undefined) expect(result).toEqual(resultOf(i));
        return result !== undefined;
      });
      expect(cache.counters.corrupted).toBe(0);
      if (maxBytes === 1e8) expect(known).toHaveLength(1500);
      else {
        expect(known.length).toBeGreaterThan(50);
        expect(sizeOf(folder)).toBeLessThanOrEqual(1.1 * maxBytes);
      }
      expect(existsSync(folder)).toBe(true);
    }
  });
});
