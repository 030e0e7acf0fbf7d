import { exactLayerMapper } from '../search/accelerator/exact-layer-mapper.ts';
import type { SampledMapper } from '../search/mapping/mapper-names.ts';
import { sampledLayerMapper } from '../search/mapping/sampled/sampled-layer-mapper.ts';
import type { LayerMapper } from '../search/ports.ts';

/** A level-1 mapper as plain data, so that every thread can make its own. */
export type MapperChoice =
  | {
      readonly kind: 'exact';
      readonly factors: 'perfect' | 'imperfect';
      /** Partial mappings to bound per layer at most; absent = no limit. */
      readonly nodeLimit?: number;
      /** Of them over imperfect factors, after the best mapping with perfect ones. */
      readonly imperfectNodes?: number;
    }
  | {
      readonly kind: 'sampled';
      readonly mapper: SampledMapper;
      /** Mappings scored per layer. */
      readonly evaluations: number;
      readonly seed: number;
      readonly factors: 'perfect' | 'imperfect';
    };

/** The mapper that was chosen. */
export function makeMapper(choice: MapperChoice): LayerMapper {
  return choice.kind === 'exact' ? exactLayerMapper(choice) : sampledLayerMapper(choice);
}
