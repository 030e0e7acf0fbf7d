import type { Space } from '../../../optimizers/space.ts';
import type { Random } from '../../../util/random.ts';
import type { Network, WordBits } from '../../../workload/network.ts';
import {
  checkGenotype,
  crossGenotypes,
  formatGenotype,
  type Gene,
  type Genotype,
  type GenotypeJson,
  geneDimensions,
  genotypeCount,
  type MutationRates,
  mutateGenotype,
  OFA_MUTATION_RATES,
  parseGenotype,
  sampleGenotype,
} from './genes.ts';

/** How a genotype becomes a network. */
export interface BuildOptions {
  /** Inputs that run together, >= 1. */
  readonly batch: number;
  readonly wordBits: WordBits;
  /** Whether only the layers are asked for, which is faster: the network has no graph then. Default false. */
  readonly isLayersOnly?: boolean;
}

/** A set of networks that share a structure: genes, and a builder that turns them into layers. Immutable. */
export interface NetworkSpace {
  readonly name: string;
  readonly title: string;
  /** Where the structure comes from, with what is assumed. */
  readonly source: string;
  readonly genes: readonly Gene[];
  /** The genes as a search space for black-box optimizers; a genotype is a point of it. */
  readonly dimensions: Space;
  /** Number of genotypes. */
  readonly size: number;
  /** Number of genotypes in canonical form. */
  readonly distinctSize: number;
  /** A genotype with uniform genes, in canonical form. */
  sample(random: Random): Genotype;
  /** A changed copy in canonical form; equal to the original when no gene is resampled. */
  mutate(genotype: Genotype, random: Random, rates?: MutationRates): Genotype;
  /** A child in canonical form that has every gene from one of its parents. */
  crossover(a: Genotype, b: Genotype, random: Random): Genotype;
  /**
   * The genotype with silent genes (those of blocks that do not run) at their first value. Different canonical forms are different decisions,
   * even where rounding to whole channels makes the layers equal.
   */
  canonical(genotype: Genotype): Genotype;
  /** Text that is equal for genotypes with the same canonical form. */
  key(genotype: Genotype): string;
  /** @throws RangeError when the genotype is not one of this space or the batch is not a positive integer */
  build(genotype: Genotype, options: BuildOptions): Network;
  /** @throws TrifoldError `value` with the key path */
  parse(json: unknown): Genotype;
  format(genotype: Genotype): GenotypeJson;
}

/** The parts of a space that others follow from. */
export interface SpaceDefinition {
  readonly name: string;
  readonly title: string;
  readonly source: string;
  readonly genes: readonly Gene[];
  /** Number of genotypes in canonical form. */
  readonly distinctSize: number;
  /** Per gene whether it has no effect; a gene may be silenced only by genes that are never silent. Absent: none ever is. */
  isSilent?(genotype: Genotype): readonly boolean[];
  build(genotype: Genotype, options: BuildOptions): Network;
}

/** Completes a definition with everything that follows from its genes. */
export function defineSpace(definition: SpaceDefinition): NetworkSpace {
  const { name, title, source, genes, distinctSize } = definition;
  const canonical = (genotype: Genotype): Genotype => {
    checkGenotype(genes, genotype);
    const silent = definition.isSilent?.(genotype);
    return silent === undefined ? genotype : genotype.map((index, i) => (silent[i] === true ? 0 : index));
  };
  return {
    name,
    title,
    source,
    genes,
    distinctSize,
    dimensions: geneDimensions(genes),
    size: genotypeCount(genes),
    canonical,
    sample: (random) => canonical(sampleGenotype(genes, random)),
    mutate: (genotype, random, rates = OFA_MUTATION_RATES) => canonical(mutateGenotype(genes, genotype, rates, random)),
    crossover: (a, b, random) => canonical(crossGenotypes(a, b, random)),
    key: (genotype) => `${name}:${canonical(genotype).join(',')}`,
    build: (genotype, options) => {
      checkGenotype(genes, genotype);
      return definition.build(genotype, options);
    },
    parse: (json) => parseGenotype(genes, json),
    format: (genotype) => {
      checkGenotype(genes, genotype);
      return formatGenotype(genes, genotype);
    },
  };
}
