import { keyOf, openCache, resultOf } from '../cache-example.ts';

/** A process for the tests: `DIR FROM TO MAXBYTES` puts the numbered results into a cache. */
const [directory = '', from, to, maxBytes] = process.argv.slice(2);
const cache = openCache(directory, Number(maxBytes));
for (let i = Number(from); i < Number(to); i++) cache.put(keyOf(i), resultOf(i));
process.stdout.write(`${JSON.stringify(cache.counters)}\n`);
