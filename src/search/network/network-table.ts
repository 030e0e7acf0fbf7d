import { type BesideAccelerator, type BesideLoads, besideCost, besideLoads } from '../../cost/link-cost.ts';
import type { Mapping } from '../../mapping/mapping.ts';
import { TrifoldError } from '../../util/errors.ts';
import { networkTotals } from '../../util/network-totals.ts';
import { DistinctLayers, repeatsOf } from '../../workload/distinct-layers.ts';
import { type Layer, networkMacs, networkParameters } from '../../workload/network.ts';
import type { CutLayer, MappingOutcome, UnmappableLayer } from '../mapping/map-layer.ts';
import type { Genotype } from './spaces/genes.ts';
import type { BuildOptions, NetworkSpace } from './spaces/network-space.ts';

/** Most networks that are scored one by one; larger spaces need a search. */
export const MOST_NETWORKS = 200_000;

/** All distinct genotypes of a space in ascending order, the first gene slowest. @throws TrifoldError `unsupported` for a large space */
export function allGenotypes(space: NetworkSpace): Genotype[] {
  if (space.size > MOST_NETWORKS)
    throw new TrifoldError('unsupported', `${space.name} has too many networks to score them all`, {
      hint: `exhaustive scoring takes up to ${MOST_NETWORKS} networks: use another --search`,
    });
  let partial: number[][] = [[]];
  for (const { values } of space.genes)
    partial = partial.flatMap((genotype) => values.map((_value, index) => [...genotype, index]));
  return partial.filter((genotype) => space.canonical(genotype).every((index, i) => index === genotype[i]));
}

/** How often a network runs a layer of {@link NetworkTable.layers}. */
export interface LayerUse {
  readonly layer: number;
  readonly repeat: number;
}

/** Networks of one space as sums of distinct layers. */
export interface NetworkTable {
  readonly genotypes: readonly Genotype[];
  /** Layers that cost differently, in order of appearance. */
  readonly layers: readonly Layer[];
  /** Per network, by ascending layer: networks of the same layers add up to the same figure, to the bit. */
  readonly uses: readonly (readonly LayerUse[])[];
  /** Per network: of all that is no layer; only weights where only layers were built. */
  readonly beside: readonly BesideLoads[];
  /** Per network. */
  readonly macs: Float64Array;
  /** Per network. */
  readonly parameters: Float64Array;
  /** Layers of all networks together, repeats counted. */
  readonly layerCount: number;
}

/** Builds all networks and keeps the layers that cost differently. */
export function networkTable(space: NetworkSpace, genotypes: readonly Genotype[], options: BuildOptions): NetworkTable {
  const steps = networkTableSteps(space, genotypes, options);
  for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return step.value;
}

/** {@link networkTable} with a step per network, for callers that must not be busy for long. */
export function* networkTableSteps(
  space: NetworkSpace,
  genotypes: readonly Genotype[],
  options: BuildOptions,
): Generator<void, NetworkTable, void> {
  const distinct = new DistinctLayers<Layer>();
  const macs = new Float64Array(genotypes.length);
  const parameters = new Float64Array(genotypes.length);
  const uses: LayerUse[][] = [];
  let layerCount = 0;
  const beside: BesideLoads[] = [];
  for (const [n, genotype] of genotypes.entries()) {
    const network = space.build(genotype, options);
    beside.push(besideLoads(network));
    macs[n] = networkMacs(network);
    parameters[n] = networkParameters(network);
    for (const { repeat } of network.layers) layerCount += repeat;
    const counts = [...repeatsOf(network.layers, distinct)].map(([layer, repeat]) => ({ layer, repeat }));
    uses.push(counts.sort((a, b) => a.layer - b.layer));
    yield;
  }
  return { genotypes, layers: distinct.layers, uses, beside, macs, parameters, layerCount };
}

/** Outcome of a layer in the state of an exhaustive run. Plain JSON. */
export type LayerRecord =
  | {
      readonly kind: 'mapped';
      readonly energyPj: number;
      readonly cycles: number;
      readonly mapping: Mapping;
      /** Complete mappings that were scored. */
      readonly evaluations: number;
      readonly optimal: boolean;
      /** No mapping has a smaller value of what the layer was mapped for; 0 when nothing is known. */
      readonly lowerBound: number;
    }
  | CutLayer
  | UnmappableLayer;

/** The record of an outcome. */
export function layerRecord(outcome: MappingOutcome): LayerRecord {
  if (outcome.kind !== 'mapped') return outcome;
  const { kind, mapping, evaluation, proof } = outcome;
  const { energyPj, cycles } = evaluation;
  const { evaluations, optimal, lowerBound } = proof;
  return { kind, energyPj, cycles, mapping, evaluations, optimal, lowerBound: lowerBound ?? 0 };
}

/** Costs of networks with every layer mapped on its own; NaN where a layer cannot be mapped. */
export interface NetworkCosts {
  readonly energyPj: Float64Array;
  readonly cycles: Float64Array;
  /** Total energy times total cycles. */
  readonly edpPjCycles: Float64Array;
}

const UNMAPPED = { energyPj: Number.NaN, cycles: Number.NaN };

/** Adds the layers and what is beside them up. @param outcomes one per layer of the table */
export function networkCosts(
  table: NetworkTable,
  outcomes: readonly LayerRecord[],
  accelerator: BesideAccelerator,
): NetworkCosts {
  const energyPj = new Float64Array(table.uses.length);
  const cycles = new Float64Array(table.uses.length);
  const edpPjCycles = new Float64Array(table.uses.length);
  for (const [n, uses] of table.uses.entries()) {
    const figures = uses.map(({ layer }) => {
      const outcome = outcomes[layer];
      return outcome?.kind === 'mapped' ? outcome : UNMAPPED;
    });
    const totals = networkTotals(uses, figures, besideCost(table.beside[n]!, accelerator));
    energyPj[n] = totals.energyPj;
    cycles[n] = totals.cycles;
    edpPjCycles[n] = totals.energyPj * totals.cycles;
  }
  return { energyPj, cycles, edpPjCycles };
}
