import type { Accelerator } from '../../../src/accelerator/accelerator.ts';
import { acceleratorKey } from '../../../src/accelerator/accelerator-key.ts';
import type { Evaluation } from '../../../src/cost/evaluation.ts';
import { evaluateReference } from '../../../src/cost/reference/reference.ts';
import { checkMapping } from '../../../src/mapping/legality.ts';
import type { LevelMapping, Mapping, SpatialLoop, TemporalLoop } from '../../../src/mapping/mapping.ts';
import type { LayerMapper } from '../../../src/search/accelerator/evaluate-candidate.ts';
import { type Factors, layerBound } from '../../../src/search/mapping/bounds/layer-bound.ts';
import { layerDemand } from '../../../src/search/mapping/bounds/layer-demand.ts';
import type { MappedFigures, MappingOutcome } from '../../../src/search/mapping/map-layer.ts';
import { divisors } from '../../../src/util/integers.ts';
import { DIMS, type Dim, TENSORS } from '../../../src/util/vocabulary.ts';
import { layerKey } from '../../../src/workload/distinct-layers.ts';
import type { LayerShape } from '../../../src/workload/network.ts';

/** A legal mapping by simple rules: fill the array, then grow the tiles of the inner levels dim by dim. */
export function greedyMapping(layer: LayerShape, accelerator: Accelerator, order: readonly Dim[]): Mapping {
  const left: Record<Dim, number> = { ...layer.problem.bounds };
  const spatial: SpatialLoop[][] = accelerator.levels.map((level) =>
    level.fanOut.dimensions.flatMap((axis) => {
      let room = axis.size;
      return order.flatMap((dim) => {
        if (axis.parallelDims !== 'any' && !axis.parallelDims.includes(dim)) return [];
        const bound = divisors(left[dim]).findLast((divisor) => divisor <= room)!;
        left[dim] /= bound;
        room = Math.floor(room / bound);
        return bound > 1 ? [{ dim, bound, array: axis.name }] : [];
      });
    }),
  );
  const temporal: TemporalLoop[][] = accelerator.levels.map(() => []);
  const build = (outer: TemporalLoop[]): Mapping => ({
    levels: accelerator.levels.map(
      (level, index): LevelMapping => ({
        temporal: index === 0 ? outer : temporal[index]!,
        spatial: spatial[index]!,
        keep: index === 0 ? TENSORS : TENSORS.filter((tensor) => level.mayKeep.includes(tensor)),
        noMulticast: [],
      }),
    ),
  });
  const outermost = () => order.filter((dim) => left[dim] > 1).map((dim) => ({ dim, bound: left[dim] }));
  for (let index = accelerator.levels.length - 1; index > 0; index--)
    for (const dim of order) {
      for (const bound of divisors(left[dim]).reverse()) {
        if (bound === 1) break;
        temporal[index]!.push({ dim, bound });
        left[dim] /= bound;
        if (checkMapping(layer, accelerator, build(outermost())).length === 0) break;
        temporal[index]!.pop();
        left[dim] *= bound;
      }
    }
  return build(outermost());
}

/** A slow mapper that is good enough for tests: the best of a few greedy mappings, scored by the reference model. Perfect factors. */
export function greedyMapper(): LayerMapper {
  return (layer, accelerator, cutoff = Infinity) => {
    let best: Evaluation | undefined;
    for (let turn = 0; turn < 3; turn++) {
      const order = [...DIMS.slice(turn * 2), ...DIMS.slice(0, turn * 2)];
      const mapping = greedyMapping(layer, accelerator, order);
      const result = evaluateReference(layer, accelerator, mapping, { temporalReuse: 'exact' });
      if (result.feasible && (best === undefined || result.edpPjCycles < best.edpPjCycles)) best = result;
    }
    if (best === undefined) return { kind: 'unmappable', reason: 'no greedy mapping is legal' };
    return best.edpPjCycles >= cutoff
      ? { kind: 'cut', lowerBound: best.edpPjCycles, evaluations: 3 }
      : { kind: 'mapped', evaluation: best, proof: { optimal: false, evaluations: 3 } };
  };
}

/** A fast made-up mapper: bounds times factors >= 1 that depend on layer and accelerator only. Counts its calls. */
export function syntheticMapper(factors: Factors = 'perfect'): LayerMapper & { calls: number } {
  const map: LayerMapper = (layer, accelerator, cutoff = Infinity): MappingOutcome<MappedFigures> => {
    counting.calls++;
    const bound = layerBound(layerDemand(layer), accelerator, factors);
    const l1Words = bitsOf(accelerator, 2) / 16;
    const l2Words = bitsOf(accelerator, 1) / 16;
    const noise = hash(`${layerKey(layer)}|${acceleratorKey(accelerator)}`) / 2 ** 32;
    const energyPj = bound.energyPj * (1 + 40 / Math.sqrt(l1Words) + 2000 / l2Words + 0.2 * noise);
    const cycles = Math.ceil(bound.cycles * (1 + 500 / l2Words));
    if (energyPj * cycles >= cutoff) return { kind: 'cut', lowerBound: energyPj * cycles, evaluations: 1 };
    return { kind: 'mapped', evaluation: { energyPj, cycles }, proof: { optimal: true, evaluations: 2 } };
  };
  const counting = Object.assign(map, { calls: 0 });
  return counting;
}

function bitsOf(accelerator: Accelerator, level: number): number {
  const capacity = accelerator.levels[level]?.capacity;
  return capacity?.kind === 'shared' ? capacity.bits : 1e6;
}

function hash(text: string): number {
  let value = 0;
  for (let i = 0; i < text.length; i++) value = (Math.imul(value, 31) + text.charCodeAt(i)) >>> 0;
  return Math.imul(value, 0x9e3779b1) >>> 0;
}
