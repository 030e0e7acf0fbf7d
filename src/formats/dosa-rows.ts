import { z } from 'zod';
import type { Accelerator } from '../accelerator/accelerator.ts';
import type { LevelMapping, Mapping } from '../mapping/mapping.ts';
import { TrifoldError } from '../util/errors.ts';
import { type Dim, perTensor, TENSORS } from '../util/vocabulary.ts';
import type { LayerShape } from '../workload/network.ts';
import { macCount, makeProblem, type Problem, type ProblemSpec } from '../workload/problem.ts';
import { atPlace, type Document, errorAt, readWith } from './document/document.ts';
import { longList } from './document/long-list.ts';
import { DOSA_LEVELS, dosaAccelerator } from './dosa-machine.ts';
import { wordsPerCycle } from './record-schema.ts';

/** A row of DOSA's data set: a mapping of a layer with what Timeloop said of it. */
export interface DosaRow {
  /** `rows.N`, N from 0. */
  readonly id: string;
  readonly layer: LayerShape;
  readonly accelerator: Accelerator;
  readonly mapping: Mapping;
  /** The mapping as the file writes it. */
  readonly text: string;
  readonly cycles: number;
  readonly energyPj: number;
}

const size = z.int().min(1);

/** What each list of numbers means, in words that a file may repeat. */
const COLUMNS = {
  layers: 'N K C P Q R S Wstride Hstride Wdilation Hdilation',
  archs: 'meshX accumulatorWordsPerInstance scratchpadWords scratchpadBandwidth accumulatorBandwidth',
  rows: 'layer arch mapping cycles energy_uJ',
} as const;

/** Widest array that rows may have. */
const MOST_COLUMNS = 65_536;
const PJ_PER_UJ = 1e6;

const schema = z.strictObject({
  layers: longList(z.tuple([size, size, size, size, size, size, size, size, size, size, size]), 1),
  archs: longList(z.tuple([size.max(MOST_COLUMNS), size, size, wordsPerCycle, wordsPerCycle]), 1),
  rows: longList(z.tuple([z.int().min(0), z.int().min(0), z.string(), size, z.number().positive()]), 1),
  columns: z
    .strictObject({
      layers: z.literal(COLUMNS.layers),
      archs: z.literal(COLUMNS.archs),
      rows: z.literal(COLUMNS.rows),
    })
    .optional(),
});

/** Whether a document is a table of DOSA's rows, right or wrong, and no list of records. */
export function isDosaTable({ data }: Document): boolean {
  return typeof data === 'object' && data !== null && !Array.isArray(data) && 'rows' in data;
}

/**
 * Reads rows of DOSA's data set (`layers`, `archs`, `rows`).
 * @throws TrifoldError `schema` or `value` with the place
 */
export function readDosaRows(document: Document): DosaRow[] {
  const { layers, archs, rows } = readWith(schema, document);
  const shapes = layers.map((numbers, index) => atPlace(document, ['layers', index], () => layerOf(numbers)));
  const accelerators = archs.map(([columns, accumulatorWords, scratchpadWords, ...rates]) =>
    dosaAccelerator({
      size: columns,
      accumulatorWords,
      scratchpadWords,
      scratchpadWordsPerCycle: rates[0],
      accumulatorWordsPerCycle: rates[1],
    }),
  );
  return rows.map(([layer, arch, text, cycles, energyUj], index): DosaRow => {
    const entry = <T>(list: readonly T[], place: number, cell: number, what: string): T => {
      const found = list[place];
      if (found !== undefined) return found;
      const hint = `there are ${list.length} of them, counted from 0`;
      throw errorAt(document, ['rows', index, cell], 'value', `there is no ${what} ${place}`, hint);
    };
    return {
      id: `rows.${index}`,
      layer: entry(shapes, layer, 0, 'entry of layers'),
      accelerator: entry(accelerators, arch, 1, 'entry of archs'),
      mapping: atPlace(document, ['rows', index, 2], () => mappingOf(text)),
      text,
      cycles,
      energyPj: energyUj * PJ_PER_UJ,
    };
  });
}

function layerOf(numbers: readonly number[]): LayerShape {
  const [N, K, C, P, Q, R, S, strideP, strideQ, dilationP, dilationQ] = numbers as z.infer<typeof schema>['layers'][0];
  const problem = problemOf({
    name: numbers.join(' '),
    bounds: { N, K, C, P, Q, R, S },
    stride: [strideP, strideQ],
    dilation: [dilationP, dilationQ],
  });
  const macs = macCount(problem);
  if (macs > Number.MAX_SAFE_INTEGER)
    throw new TrifoldError('value', `${macs.toPrecision(4)} multiply-accumulates cannot be counted`);
  return { problem, wordBits: perTensor(() => 8) };
}

function problemOf(spec: ProblemSpec): Problem {
  try {
    return makeProblem(spec);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new TrifoldError('value', 'positions of its inputs cannot be counted', {
      hint: 'a stride or a dilation is beyond all bounds',
    });
  }
}

/** A mapping such as `L3[WIO] Q2 P7 - L2[WI] K4X - L1[O] C2 - L0[W] N1`: outermost level first, loops outer to inner, X = in parallel. */
function mappingOf(text: string): Mapping {
  const parts = text.split(' - ');
  const heads = DOSA_LEVELS.map(({ name, keep }) => `${name}[${keep.map((tensor) => tensor[0]).join('')}]`);
  const wrong = (what: string) =>
    new TrifoldError('value', `${what} in the mapping '${text}'`, {
      hint: `wanted are four levels such as ${heads.join(' N1 - ')} N1, loops outer to inner`,
    });
  if (parts.length !== heads.length) throw wrong(`${parts.length} of ${heads.length} levels are`);
  return { levels: parts.map((part, index) => levelOf(part, index)) };

  function levelOf(part: string, index: number): LevelMapping {
    const [head, ...words] = part.split(' ');
    if (head !== heads[index]) throw wrong(`'${head}' stands for ${heads[index]}`);
    const loops = words.map((word) => {
      const [, dim, bound, parallel] = /^([NKCPQRS])([1-9]\d{0,14})(X?)$/.exec(word) ?? [];
      if (bound === undefined) throw wrong(`'${word}' is no loop`);
      return { dim: dim as Dim, bound: Number(bound), isParallel: parallel === 'X' };
    });
    if (new Set(words.map((word) => word.replace(/\d+/, ''))).size < words.length)
      throw wrong(`${heads[index]} has two loops of a kind over one dim`);
    return {
      temporal: loops.filter(({ isParallel }) => !isParallel).map(({ dim, bound }) => ({ dim, bound })),
      spatial: loops.filter(({ isParallel }) => isParallel).map(({ dim, bound }) => ({ dim, bound, array: 'X' })),
      keep: TENSORS.filter((tensor) => (DOSA_LEVELS[index]!.keep as readonly string[]).includes(tensor)),
      noMulticast: [],
    };
  }
}
