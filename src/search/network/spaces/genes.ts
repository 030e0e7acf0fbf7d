import type { Dimension } from '../../../optimizers/space.ts';
import { TrifoldError } from '../../../util/errors.ts';
import { product } from '../../../util/integers.ts';
import type { Random } from '../../../util/random.ts';

/** Value of a gene: a number (depth, kernel, width, resolution) or the name of an operation. */
export type GeneValue = number | string;

/** One decision of a network space. */
export interface Gene {
  /** Key in the JSON form of a genotype. Genes that share a key form a list there, in their order. */
  readonly key: string;
  /** Values in ascending order where they have one. A genotype holds the index of one of them. */
  readonly values: readonly GeneValue[];
  /** Whether the values are steps of one quantity (depth, width), not unrelated things (operations). */
  readonly ordered: boolean;
  /** Whether the JSON form is one value rather than a list. */
  readonly single?: boolean;
}

/** A network of a space: for every gene the index of its value. Plain JSON, and a point of {@link geneDimensions}. */
export type Genotype = readonly number[];

/** The JSON form of a genotype: values under the keys of the genes, as networks are published. */
export type GenotypeJson = Readonly<Record<string, GeneValue | readonly GeneValue[]>>;

/** Chances in [0, 1] that a mutation resamples a gene. */
export interface MutationRates {
  readonly architecture: number;
  readonly resolution: number;
}

/** Rates of the evolutionary search of Once-for-All (Cai et al., ICLR 2020, published code). */
export const OFA_MUTATION_RATES: MutationRates = { architecture: 0.1, resolution: 0.5 };

/** Key of the gene that holds the input resolution, in every space that has one. */
export const RESOLUTION_KEY = 'image_size';

/** A gene with one value of its own. */
export function singleGene(key: string, values: readonly GeneValue[], ordered = true): Gene {
  return { key, values, ordered, single: true };
}

/** `count` genes under one key. */
export function geneList(key: string, count: number, values: readonly GeneValue[], ordered = true): Gene[] {
  return Array.from({ length: count }, () => ({ key, values, ordered }));
}

/** The genes as dimensions of a search space: ordered genes are integers 0, 1, ... (their indices), the others categories. */
export function geneDimensions(genes: readonly Gene[]): Dimension[] {
  return genes.map(({ key, values, ordered }, i) => {
    const name = `${key}.${indexInKey(genes, i)}`;
    return ordered
      ? { kind: 'integer', name, low: 0, high: values.length - 1, step: 1 }
      : { kind: 'categorical', name, choices: values.length };
  });
}

/** Number of genotypes. */
export function genotypeCount(genes: readonly Gene[]): number {
  return product(genes.map(({ values }) => values.length));
}

/** A genotype whose genes are independent and uniform. */
export function sampleGenotype(genes: readonly Gene[], random: Random): Genotype {
  return genes.map(({ values }) => random.nextInt(values.length));
}

/** Resamples every gene with its rate, uniformly over all of its values (so that it may stay). */
export function mutateGenotype(
  genes: readonly Gene[],
  genotype: Genotype,
  rates: MutationRates,
  random: Random,
): Genotype {
  return genes.map(({ key, values }, i) => {
    const rate = key === RESOLUTION_KEY ? rates.resolution : rates.architecture;
    return random.nextUnit() < rate ? random.nextInt(values.length) : genotype[i]!;
  });
}

/** Takes every gene from either parent with equal chance. */
export function crossGenotypes(a: Genotype, b: Genotype, random: Random): Genotype {
  return a.map((index, i) => (random.nextUnit() < 0.5 ? index : b[i]!));
}

/** The JSON form. */
export function formatGenotype(genes: readonly Gene[], genotype: Genotype): GenotypeJson {
  const lists = new Map<string, GeneValue[]>();
  for (const [i, { key, values }] of genes.entries()) {
    const list = lists.get(key) ?? [];
    list.push(values[genotype[i]!]!);
    lists.set(key, list);
  }
  const isSingle = new Set(genes.filter(({ single }) => single === true).map(({ key }) => key));
  return Object.fromEntries([...lists].map(([key, list]) => [key, isSingle.has(key) ? list[0]! : list]));
}

/**
 * The genotype of a JSON form.
 * @throws TrifoldError `value` with the key path for a missing or unknown key, a list of another length and a value that the gene does not have
 */
export function parseGenotype(genes: readonly Gene[], json: unknown): Genotype {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new TrifoldError('value', 'a network is an object of genes', { hint: `keys: ${keysOf(genes).join(', ')}` });
  const given = new Map<string, unknown>(Object.entries(json));
  for (const key of given.keys())
    if (!keysOf(genes).includes(key))
      throw new TrifoldError('value', `the space has no gene '${key}'`, {
        keyPath: key,
        hint: `its keys are ${keysOf(genes).join(', ')}`,
      });
  const listOf = new Map(keysOf(genes).map((key) => [key, valuesUnder(genes, key, given.get(key))]));
  return genes.map(({ key, values, single }, i) => {
    const place = indexInKey(genes, i);
    const value = listOf.get(key)?.[place];
    const known: readonly unknown[] = values;
    const index = known.indexOf(value);
    if (index < 0)
      throw new TrifoldError('value', `${JSON.stringify(value)} is not a value of this gene`, {
        keyPath: single === true ? key : `${key}.${place}`,
        hint: `one of ${values.join(', ')}`,
      });
    return index;
  });
}

/** @throws RangeError when a genotype does not belong to the genes */
export function checkGenotype(genes: readonly Gene[], genotype: Genotype): void {
  if (genotype.length !== genes.length) throw new RangeError(`${genotype.length} indices for ${genes.length} genes`);
  for (const [i, { key, values }] of genes.entries())
    if (values[genotype[i]!] === undefined) throw new RangeError(`gene ${key} (${i}) has no value ${genotype[i]}`);
}

/** Places of the genes under a key, ascending. */
export function placesOf(genes: readonly Gene[], key: string): number[] {
  return genes.flatMap((gene, i) => (gene.key === key ? [i] : []));
}

/** The numbers under a key. @throws RangeError when one of them is a word */
export function numbersUnder(genes: readonly Gene[], genotype: Genotype, key: string): number[] {
  return placesOf(genes, key).map((i) => {
    const value = genes[i]!.values[genotype[i]!];
    if (typeof value !== 'number') throw new RangeError(`gene ${key} is not a number`);
    return value;
  });
}

function keysOf(genes: readonly Gene[]): string[] {
  return [...new Set(genes.map(({ key }) => key))];
}

function indexInKey(genes: readonly Gene[], index: number): number {
  return placesOf(genes, genes[index]!.key).indexOf(index);
}

function valuesUnder(genes: readonly Gene[], key: string, given: unknown): readonly unknown[] {
  const wanted = genes.filter((gene) => gene.key === key);
  if (given === undefined) throw new TrifoldError('value', `the gene '${key}' is missing`, { keyPath: key });
  if (wanted[0]!.single === true) return [given];
  if (!Array.isArray(given) || given.length !== wanted.length)
    throw new TrifoldError('value', `'${key}' must be a list of ${wanted.length} values`, { keyPath: key });
  return given;
}
