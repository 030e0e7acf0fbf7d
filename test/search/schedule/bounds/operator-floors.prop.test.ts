import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planSegment } from '../../../../src/schedule/plan.ts';
import { isUnfit, retentionOf } from '../../../../src/schedule/retention.ts';
import { isReduced } from '../../../../src/schedule/shared-axes.ts';
import { stepExtras } from '../../../../src/schedule/step-extras.ts';
import { residentLayer } from '../../../../src/schedule/step-residency.ts';
import { neededWords, vectorReach } from '../../../../src/schedule/tiles/reach.ts';
import { ENERGY, LATENCY } from '../../../../src/search/mapping/objective.ts';
import { mapStep } from '../../../../src/search/mapping/step-label.ts';
import { leastExtras } from '../../../../src/search/schedule/least-extras.ts';
import { OperatorFloors } from '../../../../src/search/schedule/operator-floors.ts';
import { Random } from '../../../../src/util/random.ts';
import type { Sequence } from '../../../../src/workload/graph/sequence.ts';
import { makeProblem } from '../../../../src/workload/problem.ts';
import { randomSchedule } from '../../../schedule/random-sequences.ts';
import { EXACT, small, smallQuestion } from '../small-questions.ts';

describe('floors of operators', () => {
  // Killed by: bounds a thousandth larger, operands of vector operators that are never held or fused, words between windows.
  it('are below all that the steps of an operator cost, however it is tiled, and reached', () => {
    const reached = { vector: 0, mac: 0 };
    let tiled = 0;
    let summed = 0;
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 30 }), (seed) => {
        const { sequence, accelerator, retention } = smallQuestion(seed);
        const extras = leastExtras(sequence, accelerator, retention);
        const source = {
          sequence,
          accelerator,
          retention,
          pins: true,
          extras: (operator: number) => extras[operator]!,
        };
        const floors = new OperatorFloors(source);
        const { homes, pinned, segments } = randomSchedule(Random.fromSeed(seed), sequence);
        for (const segment of segments) {
          const isPinned = (operator: number) => pinned.includes(operator);
          const plan = planSegment(sequence, retention, { homes, isPinned }, segment);
          if (isUnfit(plan)) continue;
          for (let operator = segment.first; operator < segment.end; operator++) {
            const own = plan.kinds.filter((step) => step.operator === operator);
            // Parameters that do not fit are never pinned, whatever the schedule says.
            if (isPinned(operator) && floors.parametersOf(operator)?.bits === Number.POSITIVE_INFINITY) continue;
            if (own.length > 1) tiled++;
            const sum = { energyPj: 0, cycles: 0 };
            for (const step of own) {
              const extras = stepExtras(step, accelerator);
              sum.energyPj += step.count * extras.energyPj;
              sum.cycles += step.count * extras.cycles;
              if (step.kind === 'vector') continue;
              const layer = residentLayer(retention, step, 'in-place', null);
              const [thrifty, fast] = [ENERGY, LATENCY].map((goal) => mapStep(layer, accelerator, goal, EXACT));
              if (thrifty?.kind !== 'mapped' || fast?.kind !== 'mapped') return;
              sum.energyPj += step.count * thrifty.evaluation.energyPj;
              sum.cycles += step.count * fast.evaluation.cycles;
            }
            // Moves of a step may be for another operator, so an operand that is not streamed may come from anywhere.
            const isStreamed = own.length > 0 && own.every((one) => one.kind === 'mac' && !one.inputs);
            const { storage } = sequence.tensors[sequence.operators[operator]!.output]!;
            const isSummed = isReduced(segment) && operator === segment.end - 1 && homes[storage] === 'outermost';
            if (isSummed) summed++;
            const floor = floors.of(operator, {
              inputs: own.every((one) => one.kind === 'mac' && one.inputs)
                ? 'retained'
                : isStreamed
                  ? 'fetched'
                  : 'either',
              second: 'either',
              output: isSummed
                ? 'drained'
                : own.every((one) => one.kind === 'mac' && one.outputs)
                  ? 'retained'
                  : 'either',
            });
            const bound = isPinned(operator) ? floor.pinned : floor.fetched;
            expect(sum.energyPj).toBeGreaterThanOrEqual(bound.energyPj * (1 - 1e-9));
            expect(sum.cycles).toBeGreaterThanOrEqual(bound.cycles);
            const isReached = sum.energyPj < bound.energyPj * 1.0005 && sum.cycles < bound.cycles * 1.0005;
            if (own.length > 0 && isReached) reached[own[0]!.kind]++;
          }
        }
      }),
      { numRuns: 150 },
    );
    expect(reached.vector).toBeGreaterThan(0);
    expect(reached.mac).toBeGreaterThan(0);
    expect(tiled).toBeGreaterThan(5);
    expect(summed).toBeGreaterThan(1);
  });
});

describe('floors of parameters that are narrower in the retention level', () => {
  // Killed by: the width of the outermost level for words that are held.
  it('are no more than what holding them costs', () => {
    const problem = makeProblem({ name: 'layer', bounds: { K: 2, C: 2, P: 2 } });
    const shape = { problem, wordBits: { Weights: 8, Inputs: 8, Outputs: 8 } };
    const tensors = [0, 1].map((storage) => ({
      ...{ name: `t${storage}`, sizes: [1, 2, 2, 1] as const, wordBits: 8, storage },
    }));
    const sequence: Sequence = {
      ...{ name: 'one', tensors },
      storages: tensors.map(({ name }, i) => ({ name, words: 4, wordBits: 8, role: i === 0 ? 'input' : 'output' })),
      operators: [
        {
          ...{ kind: 'mac', name: 'layer', inputs: [0], output: 1, layer: 0, shape, tiles: true, fused: [] },
          second: { kind: 'parameters', words: 4, wordBits: 8 },
        },
      ],
    };
    const accelerator = small(64, { storedBits: { Weights: 4 } });
    const retention = retentionOf(accelerator);
    if (isUnfit(retention)) throw new Error(retention.reason);
    const extras = () => ({ energyPj: 0, cycles: 0 });
    const floors = new OperatorFloors({ sequence, accelerator, retention, pins: true, extras });
    const { fetchPj } = floors.parametersOf(0)!;
    // Four words of 4 bits are two accesses of 64 pJ.
    expect(fetchPj).toBe(128);
    const { pinned, fetched } = floors.of(0, { inputs: 'fetched', second: 'either', output: 'outermost' });
    expect(fetched.energyPj).toBeLessThanOrEqual(pinned.energyPj + fetchPj);
  });
});

describe('words that windows need', () => {
  it('are those under any of them', () => {
    fc.assert(
      fc.property(
        fc.record({
          rows: fc.integer({ min: 1, max: 9 }),
          size: fc.integer({ min: 1, max: 4 }),
          stride: fc.integer({ min: 1, max: 4 }),
          padding: fc.nat(2),
        }),
        ({ rows, size, stride, padding }) => {
          const pad = Math.min(padding, size - 1);
          const out = Math.floor((rows + 2 * pad - size) / stride) + 1;
          fc.pre(out >= 1);
          const under = new Set<number>();
          for (let i = 0; i < out; i++)
            for (let r = 0; r < size; r++) {
              const row = i * stride - pad + r;
              if (row >= 0 && row < rows) under.add(row);
            }
          const span = {
            kind: 'window' as const,
            size: [size, 1] as const,
            stride: [stride, 1] as const,
            pad: [pad, 0] as const,
          };
          const vector = smallQuestion(11).sequence.operators.find((one) => one.kind === 'vector')!;
          expect(neededWords(vectorReach({ ...vector, span }, 0, [2, 3, rows, 1]), [2, 3, out, 1])).toBe(
            6 * under.size,
          );
        },
      ),
      { numRuns: 200 },
    );
  });
});
