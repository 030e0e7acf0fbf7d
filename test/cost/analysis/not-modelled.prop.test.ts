import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canKeep, childrenOf, type StorageLevel } from '../../../src/accelerator/accelerator.ts';
import { buildAccelerator } from '../../../src/accelerator/build.ts';
import { notModelled } from '../../../src/cost/analysis/not-modelled.ts';
import { storedWordBits } from '../../../src/mapping/legality.ts';
import { TENSORS } from '../../../src/util/vocabulary.ts';
import { makeProblem } from '../../../src/workload/problem.ts';
import { specificationArbitrary } from '../../accelerator/arbitraries.ts';
import { TECHNOLOGIES } from '../../accelerator/files.ts';

const CODE = { runBits: 5, wordBits: 16, pairsPerBlock: 3, blockBits: 64 };

/** A cost that files may state, and how. */
interface Term {
  /** Once for the accelerator, or for each of its levels. */
  readonly kind: 'once' | 'by-level';
  readonly isConcerned: (level: StorageLevel, index: number) => boolean;
  readonly state: (level: StorageLevel) => StorageLevel;
  readonly omit: (level: StorageLevel) => StorageLevel;
}

const isArray = (level: StorageLevel) => childrenOf(level) > 1;
const always = () => true;
const ofArray = (change: (fanOut: StorageLevel['fanOut']) => StorageLevel['fanOut']) => (level: StorageLevel) => ({
  ...level,
  fanOut: change(level.fanOut),
});

const TERMS: Readonly<Record<string, Term>> = {
  launch: {
    kind: 'once',
    isConcerned: always,
    state: (level) => ({ ...level, launch: { cycles: 3, matrixCycles: 2 } }),
    omit: ({ launch: _, ...level }) => level,
  },
  fill: {
    kind: 'once',
    isConcerned: isArray,
    state: ofArray((fanOut) => ({ ...fanOut, fill: { cyclesPerLoad: 4, leastRows: 2 } })),
    omit: ofArray(({ fill: _, ...fanOut }) => fanOut),
  },
  ramp: {
    kind: 'once',
    isConcerned: isArray,
    state: ofArray((fanOut) => ({ ...fanOut, rampCycles: 4 })),
    omit: ofArray(({ rampCycles: _, ...fanOut }) => fanOut),
  },
  refetch: {
    kind: 'by-level',
    isConcerned: (level, index) => index > 0 && (canKeep(level, 'Weights') || canKeep(level, 'Inputs')),
    state: (level) => ({ ...level, refetch: ['Weights', 'Inputs'] }),
    omit: ({ refetch: _, ...level }) => level,
  },
  drain: {
    kind: 'by-level',
    isConcerned: (level, index) => index > 0 && canKeep(level, 'Outputs'),
    state: (level) => ({ ...level, drain: 'charged' }),
    omit: ({ drain: _, ...level }) => level,
  },
  overlap: {
    kind: 'by-level',
    isConcerned: ({ bandwidth, requests }) => Object.keys(bandwidth).length > 0 || requests !== undefined,
    state: (level) => ({ ...level, overlap: 'none' }),
    omit: ({ overlap: _, ...level }) => level,
  },
  compression: {
    kind: 'by-level',
    isConcerned: always,
    state: (level) => ({ ...level, compression: CODE }),
    omit: ({ compression: _, ...level }) => level,
  },
  wires: {
    kind: 'by-level',
    isConcerned: isArray,
    state: ofArray((fanOut) => ({ ...fanOut, wires: { geometry: 'line', hopMm: 1, pjPerBitHop: 0.1, areaMm2: 0.1 } })),
    omit: ofArray(({ wires: _, ...fanOut }) => ({ ...fanOut, hopEnergyPj: 0 })),
  },
  distance: {
    kind: 'by-level',
    isConcerned: isArray,
    state: ofArray((fanOut) => ({ ...fanOut, wires: { geometry: 'tree', hopMm: 1, pjPerBitHop: 0.1, areaMm2: 0 } })),
    omit: ofArray(({ wires: _, ...fanOut }) => ({ ...fanOut, hopEnergyPj: 0.5 })),
  },
  'area of links': {
    kind: 'by-level',
    isConcerned: isArray,
    state: ofArray((fanOut) => ({ ...fanOut, wires: { geometry: 'line', hopMm: 1, pjPerBitHop: 0.1, areaMm2: 1 } })),
    omit: ofArray((fanOut) => ({ ...fanOut, wires: { geometry: 'line', hopMm: 0, pjPerBitHop: 0.1, areaMm2: 0 } })),
  },
  leakage: {
    kind: 'by-level',
    isConcerned: always,
    state: ({ leakageLeftOut: _, ...level }) => level,
    omit: (level) => ({ ...level, leakageLeftOut: 'unknown' }),
  },
};

const accelerators = fc
  .tuple(specificationArbitrary, fc.constantFrom(...TECHNOLOGIES.values()))
  .map(([specification, technology]) => {
    const levels = specification.levels.map(({ dramKind: _, ...level }) => level);
    return buildAccelerator({ ...specification, levels }, technology);
  });

const CYCLES = /^cycles of (.*)(: .*)$/;

/** Where the sentences say that a term is left out: levels, none for a term of the whole accelerator; null where they do not. */
function placesOf(term: string, sentences: readonly string[]): readonly string[] | null {
  if (sentences.some((sentence) => (CYCLES.exec(sentence)?.[1] ?? '').split(', ').includes(term))) return [];
  const own = sentences.filter((sentence) => sentence.startsWith(`${term}: `));
  expect(own.length).toBeLessThanOrEqual(1);
  return own.length === 0 ? null : /\((.*)\)$/.exec(own[0]!)![1]!.split(', ');
}

/** The sentences without what they say of a term. */
function withoutTerm(term: string, sentences: readonly string[]): readonly string[] {
  return sentences
    .filter(
      (sentence) =>
        !sentence.startsWith(`${term}: `) &&
        !(term === 'compression' && /^not compressed/.test(sentence)) &&
        !(term === 'wires' && /^partial sums/.test(sentence)),
    )
    .flatMap((sentence) => {
      const [, terms, rest] = CYCLES.exec(sentence) ?? [];
      if (terms === undefined) return [sentence];
      const others = terms.split(', ').filter((one) => one !== term);
      return others.length === 0 ? [] : [`cycles of ${others.join(', ')}${rest}`];
    });
}

describe('what the figures of an accelerator leave out', () => {
  it.each(Object.entries(TERMS))(
    '%s: named at the levels that do not state it, and nothing else changes',
    (term, of) => {
      const { kind, isConcerned, state, omit } = of;
      fc.assert(
        fc.property(accelerators, fc.infiniteStream(fc.boolean()), (accelerator, choices) => {
          const nowhere = accelerator.levels.map(omit);
          const isStated = nowhere.map((level, i) => isConcerned(level, i) && choices.next().value === true);
          const levels = nowhere.map((level, i) => (isStated[i] ? state(level) : level));
          const sentences = notModelled({ ...accelerator, levels }, []);
          const left = nowhere.flatMap((level, i) => (isConcerned(level, i) && !isStated[i] ? [level.name] : []));
          const isAnywhere = nowhere.some(isConcerned);
          const expected =
            kind === 'by-level'
              ? left.length === 0
                ? null
                : left
              : isStated.includes(true) || !isAnywhere
                ? null
                : [];
          expect(placesOf(term, sentences)).toEqual(expected);
          expect(withoutTerm(term, sentences)).toEqual(
            withoutTerm(term, notModelled({ ...accelerator, levels: nowhere }, [])),
          );
        }),
        { numRuns: 25 },
      );
    },
  );

  it('requests: named for the tensors without a layout where any level states requests, once for all where none does', () => {
    fc.assert(
      fc.property(accelerators, fc.subarray([...TENSORS]), fc.nat(), (accelerator, named, seed) => {
        const at = seed % accelerator.levels.length;
        const nowhere = accelerator.levels.map(({ requests: _, ...level }) => level);
        expect(placesOf('requests', notModelled({ ...accelerator, levels: nowhere }, []))).toEqual([]);
        const layout = Object.fromEntries(named.map((tensor) => [tensor, []]));
        const levels = nowhere.map((level, i) =>
          i === at ? { ...level, requests: { bytes: 64, cycles: 1, layout } } : level,
        );
        const possible = TENSORS.filter((tensor) => canKeep(levels[at]!, tensor));
        const left = possible.filter((tensor) => !named.includes(tensor));
        const tensors = left.length === possible.length ? '' : ` ${left.join(' and ')}`;
        const sentences = notModelled({ ...accelerator, levels }, []);
        expect(placesOf('requests', sentences)).toEqual(left.length === 0 ? null : [`${levels[at]!.name}${tensors}`]);
        expect(placesOf('bandwidth', sentences) ?? []).not.toContain(levels[at]!.name);
      }),
      { numRuns: 25 },
    );
  });

  it('partial sums: named where hops to the children cost anything and the level can keep Outputs', () => {
    fc.assert(
      fc.property(accelerators, fc.infiniteStream(fc.boolean()), (accelerator, choices) => {
        const levels = accelerator.levels.map(({ fanOut: { wires: _, ...fanOut }, ...level }) => ({
          ...level,
          fanOut: { ...fanOut, hopEnergyPj: choices.next().value === true ? 0.5 : 0 },
        }));
        const places = levels
          .filter((level) => isArray(level) && level.fanOut.hopEnergyPj > 0 && canKeep(level, 'Outputs'))
          .map(({ name }) => name);
        expect(placesOf('partial sums', notModelled({ ...accelerator, levels }, []))).toEqual(
          places.length === 0 ? null : places,
        );
      }),
      { numRuns: 25 },
    );
  });

  it('refetch: names the tensor that is not refetched', () => {
    fc.assert(
      fc.property(accelerators, fc.constantFrom('Weights' as const, 'Inputs' as const), (accelerator, tensor) => {
        const other = tensor === 'Weights' ? 'Inputs' : 'Weights';
        const levels = accelerator.levels.map((level) => ({ ...level, refetch: [tensor] }));
        const left = levels.slice(1).filter((level) => canKeep(level, other));
        const places = left.map((level) => `${level.name}${canKeep(level, tensor) ? ` ${other}` : ''}`);
        expect(placesOf('refetch', notModelled({ ...accelerator, levels }, []))).toEqual(
          places.length === 0 ? null : places,
        );
      }),
      { numRuns: 25 },
    );
  });

  it('bandwidth: names the levels whose transfers take no time', () => {
    fc.assert(
      fc.property(accelerators, (accelerator) => {
        const sentences = notModelled(accelerator, []);
        const isFree = ({ bandwidth, requests }: StorageLevel) =>
          requests === undefined && Object.keys(bandwidth).length === 0;
        const free = accelerator.levels.filter(isFree).map(({ name }) => name);
        expect(placesOf('bandwidth', sentences)).toEqual(free.length === 0 ? null : free);
        for (const name of placesOf('overlap', sentences) ?? []) expect(free).not.toContain(name);
      }),
      { numRuns: 25 },
    );
  });

  it('compression: says of how many layers a level holds dense words all the same', () => {
    const share = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined });
    const layerOf = fc.record({ inputs: share, outputs: share, bits: fc.constantFrom(8, 16, 17) });
    fc.assert(
      fc.property(fc.array(layerOf, { maxLength: 4 }), fc.option(fc.constantFrom(16, 32)), (made, stored) => {
        const layers = made.map(({ inputs, outputs, bits }, i) => ({
          name: String(i),
          kind: 'problem' as const,
          repeat: 1,
          parameters: 0,
          problem: makeProblem({ name: String(i), bounds: {} }),
          wordBits: { Weights: bits, Inputs: bits, Outputs: bits },
          zeros: {
            ...(inputs === undefined ? {} : { Inputs: inputs }),
            ...(outputs === undefined ? {} : { Outputs: outputs }),
          },
        }));
        const [dram] = fc.sample(accelerators, { numRuns: 1, seed: 1 })[0]!.levels;
        const storedBits = stored === null ? {} : { Inputs: stored };
        const level = { ...dram!, storedBits, compression: CODE };
        const counts = (['Inputs', 'Outputs'] as const).flatMap((tensor) => {
          // Dense is what the model stores no other way whatever the zeros are.
          const dense = layers.filter(
            (layer) =>
              layer.zeros[tensor] === undefined ||
              storedWordBits(level, { ...layer, zeros: { [tensor]: 1 } }, tensor) > 1,
          );
          return dense.length === 0 ? [] : [`${tensor} of ${dense.length}`];
        });
        const network = { name: 'made up', source: 'test', layers };
        const [line] = notModelled({ levels: [level] }, [network]).filter((one) => one.startsWith('not compressed'));
        expect(line!.split(': ')[1]).toMatch(
          new RegExp(`^${['Weights', ...counts].join(', ')} .*\\(${level.name}\\)$`),
        );
        expect(line!.includes('layers')).toBe(counts.length > 0);
      }),
      { numRuns: 40 },
    );
  });

  it('tiles: said unless they are boxes, which the rule of Timeloop takes anyway', () => {
    fc.assert(
      fc.property(accelerators, ({ tiles: _, ...accelerator }) => {
        const isSaid = (sentences: readonly string[]) => sentences.some((sentence) => sentence.startsWith('tiles: '));
        expect(isSaid(notModelled(accelerator, []))).toBe(true);
        expect(isSaid(notModelled({ ...accelerator, tiles: 'box' }, []))).toBe(false);
        expect(isSaid(notModelled(accelerator, [], 'timeloop'))).toBe(false);
      }),
      { numRuns: 10 },
    );
  });

  it('link: said where there is none, and what of a network does not move over one', () => {
    fc.assert(
      fc.property(accelerators, ({ link: _, ...accelerator }) => {
        const link = { bytesPerSecond: 1e9, residentBits: 0, pjPerBit: 0 };
        const [linked, alone] = [notModelled({ ...accelerator, link }, []), notModelled(accelerator, [])];
        expect(alone.filter((sentence) => !linked.includes(sentence))).toEqual([expect.stringMatching(/^link: all/)]);
        expect(linked.filter((sentence) => !alone.includes(sentence))).toEqual([
          expect.stringMatching(/^overlap of the link/),
          expect.stringMatching(/^energy of the link/),
        ]);
        const priced = notModelled({ ...accelerator, link: { ...link, pjPerBit: 1 } }, []);
        expect(priced).toEqual(linked.filter((sentence) => !sentence.startsWith('energy of the link')));
        expect(notModelled({ ...accelerator, link }, [{ name: 'net', layers: [] }])).toContainEqual(
          expect.stringMatching(/^link: inputs and outputs.*\(net\)$/),
        );
      }),
      { numRuns: 10 },
    );
  });

  it("names what Timeloop's rule changes: drains are free whatever is stated", () => {
    fc.assert(
      fc.property(accelerators, (accelerator) => {
        const levels = accelerator.levels.map((level) => ({ ...level, drain: 'charged' as const }));
        const draining = levels.slice(1).filter((level) => canKeep(level, 'Outputs'));
        const sentences = notModelled({ ...accelerator, levels }, [], 'timeloop');
        const names = draining.map(({ name }) => name);
        expect(placesOf('drain', sentences)).toEqual(names.length === 0 ? null : names);
        expect(sentences.some((sentence) => sentence.startsWith("Timeloop's rule: "))).toBe(true);
        const exact = notModelled({ ...accelerator, levels }, [], 'exact');
        const others = exact.filter((sentence) => !sentence.startsWith('tiles: '));
        expect(others.every((sentence) => sentences.includes(sentence))).toBe(true);
        expect(exact.join()).not.toContain('drain');
      }),
      { numRuns: 10 },
    );
  });

  it('names what its rule of 2023 changes: drains of finished outputs whatever is stated, and less overlap', () => {
    fc.assert(
      fc.property(accelerators, fc.boolean(), (accelerator, isStated) => {
        const levels = accelerator.levels.map(({ drain: _, ...level }) =>
          isStated ? { ...level, drain: 'charged' as const } : level,
        );
        const [later, own] = (['timeloop', 'timeloop-2023'] as const).map((rule) =>
          notModelled({ ...accelerator, levels }, [], rule),
        ) as [readonly string[], readonly string[]];
        const names = placesOf('drain', later);
        expect(own.filter((sentence) => !later.includes(sentence)).sort()).toEqual([
          "Timeloop's rule of 2023: overlap is reused along the innermost loop alone",
          ...(names === null
            ? []
            : [`drain: partial sums leave without a read, finished outputs with one (${names.join(', ')})`]),
        ]);
        expect(later.filter((sentence) => !own.includes(sentence))).toEqual(
          names === null ? [] : [`drain: finished outputs leave without a read (${names.join(', ')})`],
        );
      }),
      { numRuns: 10 },
    );
  });
});
