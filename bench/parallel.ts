/**
 * Speed-up of worker threads on exact mapping: every distinct layer of a network on accelerators of several array sizes,
 * one (layer, accelerator) pair per message. Prints the work, and for 1..N threads the wall time (best of seven rounds) and the
 * processor time per round. Wall times mean something on an idle machine only; the processor time tells the overhead on any.
 *
 *     npx tsx bench/parallel.ts [network] [threads] [accelerators]
 */
import { buildAccelerator } from '../src/accelerator/build.ts';
import { loadSpecification, loadTechnology, loadWorkload } from '../src/app/library.ts';
import { type MappingItem, task } from '../src/parallel/mapping-task.ts';
import { openPool } from '../src/parallel/pool.ts';
import { problemKey } from '../src/workload/problem.ts';

const [network = 'resnet18', threads = '2', accelerators = '4'] = process.argv.slice(2);
const ROUNDS = 7;
const choice = { kind: 'exact', factors: 'perfect' } as const;
const specification = loadSpecification('eyeriss');
const technology = loadTechnology(specification.technology);

/** The preset with an array that is wider by `extra`. */
function wider(extra: number) {
  const levels = specification.levels.map((level) => ({
    ...level,
    fanOut: {
      ...level.fanOut,
      dimensions: level.fanOut.dimensions.map((dimension) => ({ ...dimension, size: dimension.size + extra })),
    },
  }));
  return buildAccelerator({ ...specification, levels }, technology);
}

const layers = [
  ...new Map(loadWorkload(network).network.layers.map((layer) => [problemKey(layer.problem), layer])).values(),
];
const items = Array.from({ length: Number(accelerators) }, (_, i) => wider(i)).flatMap((accelerator) =>
  layers.map((layer): MappingItem => ({ layer, accelerator, goal: { kind: 'edp' } })),
);

const plain = task.start(choice);
const costs = items.map((item) => {
  const begun = performance.now();
  plain(item);
  return performance.now() - begun;
});
const total = costs.reduce((sum, cost) => sum + cost, 0);
console.log(
  `${items.length} pairs (${layers.length} layers of ${network} x ${accelerators} accelerators), alone ${(total / 1000).toFixed(2)} s; longest pair ${Math.max(...costs).toFixed(0)} ms`,
);

const bests: number[] = [];
for (let workers = 1; workers <= Number(threads); workers++) {
  const begun = performance.now();
  const pool = await openPool(task, choice, { workers, offMainThread: true, chunkItems: 1 });
  await pool.run(items.slice(0, workers));
  const startMs = performance.now() - begun;
  // Every thread compiles the hot code on its own: the first round warms them up.
  await pool.run(items);
  const times: number[] = [];
  const cpuBefore = process.cpuUsage();
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await pool.run(items);
    times.push(performance.now() - start);
  }
  const best = Math.min(...times);
  bests.push(best);
  const cpu = process.cpuUsage(cpuBefore);
  const cpuSeconds = (cpu.user + cpu.system) / 1e6 / times.length;
  const speedUp = bests[0]! / best;
  console.log(
    `${workers} thread${workers > 1 ? 's' : ''}: ${(best / 1000).toFixed(2)} s, speed-up ${speedUp.toFixed(2)}, processor time ${cpuSeconds.toFixed(2)} s, first answer after ${startMs.toFixed(0)} ms`,
  );
  await pool.close();
}
