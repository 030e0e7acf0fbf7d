import type { Genotype } from '../../search/network/spaces/genes.ts';
import { DistinctLayers } from '../../workload/distinct-layers.ts';
import { loadKey, type VectorDemand, vectorDemands } from '../../workload/graph/fusion.ts';
import type { Layer, Network } from '../../workload/network.ts';

/** A part of networks, and how often one of them has it. */
interface Use {
  readonly part: number;
  readonly repeat: number;
}

/** The parts of networks built in another way (batch, word widths): one for each that differs. */
export interface NetworkParts {
  readonly layers: readonly Layer[];
  readonly vector: readonly VectorDemand[];
}

/** Networks as sums of the layers and vector operators that differ, of which many networks have few. */
export interface NetworkSums {
  /**
   * The same parts with what depends on how a network is built.
   * @param build builds a network again, by its index, with the same operators in the same order
   * @param joinsOperands see `FusionOptions`
   */
  rebuild(build: (network: number) => Network, joinsOperands: boolean): NetworkParts;
  /** Sum over the layers of every network. @param figures one per part */
  layerTotals(figures: ArrayLike<number>): Float64Array;
  /** Sum over the vector operators of every network. @param figures one per part */
  vectorTotals(figures: ArrayLike<number>): Float64Array;
}

/** Where a part is found again: the n-th of its kind of a network. */
interface Sample {
  readonly network: number;
  readonly index: number;
}

/** Builds every network once. */
export function networkSums(genotypes: readonly Genotype[], build: (genotype: Genotype) => Network): NetworkSums {
  const layers = new DistinctLayers<Layer>();
  const layerSamples: Sample[] = [];
  const vectorPlaces = new Map<string, number>();
  const vectorSamples: Sample[] = [];
  const layerUses: Use[][] = [];
  const vectorUses: Use[][] = [];
  for (const [network, genotype] of genotypes.entries()) {
    const built = build(genotype);
    layerUses.push(
      built.layers.map((layer, index): Use => {
        const part = layers.placeOf(layer);
        layerSamples[part] ??= { network, index };
        return { part, repeat: layer.repeat };
      }),
    );
    const joined = demandsOf(built, true);
    vectorUses.push(
      demandsOf(built, false).map((demand, index): Use => {
        const key = demandKey(demand, joined[index]!);
        const part = vectorPlaces.get(key) ?? vectorSamples.push({ network, index }) - 1;
        vectorPlaces.set(key, part);
        return { part, repeat: demand.repeat };
      }),
    );
  }
  return {
    rebuild: (rebuilt, joinsOperands) => {
      const networks = new Map<number, { readonly network: Network; readonly demands: readonly VectorDemand[] }>();
      const at = (index: number) => {
        const known = networks.get(index);
        if (known !== undefined) return known;
        const network = rebuilt(index);
        const made = { network, demands: demandsOf(network, joinsOperands) };
        networks.set(index, made);
        return made;
      };
      return {
        layers: layerSamples.map(({ network, index }) => at(network).network.layers[index]!),
        vector: vectorSamples.map(({ network, index }) => at(network).demands[index]!),
      };
    },
    layerTotals: (figures) => totals(layerUses, figures),
    vectorTotals: (figures) => totals(vectorUses, figures),
  };
}

function demandsOf({ graph }: Network, joinsOperands: boolean): readonly VectorDemand[] {
  return graph === undefined ? [] : vectorDemands(graph, { joinsOperands });
}

/** Equal for operators that cost the same on every accelerator, however they are fused. */
function demandKey(...demands: readonly VectorDemand[]): string {
  return demands.map(loadKey).join(';');
}

function totals(uses: readonly (readonly Use[])[], figures: ArrayLike<number>): Float64Array {
  return Float64Array.from(uses, (list) => list.reduce((sum, { part, repeat }) => sum + repeat * figures[part]!, 0));
}
