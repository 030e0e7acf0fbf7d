import type { Accelerator } from '../accelerator/accelerator.ts';
import type { Mapping } from '../mapping/mapping.ts';
import type { LayerShape } from '../workload/network.ts';
import type { CostOptions, Evaluation, Infeasible } from './evaluation.ts';
import { compileKernel } from './kernel/kernel.ts';
import { packMapping } from './packed-mapping.ts';
import { evaluateReference } from './reference/reference.ts';

/**
 * The full evaluation of one mapping: by the kernel, whose time does not grow with the extents of the layer, or by the reference where the packed form
 * cannot hold the mapping. Both give the same figures; the reasons of an illegal mapping are the reference's.
 */
export function evaluateMapping(
  layer: LayerShape,
  accelerator: Accelerator,
  mapping: Mapping,
  options: CostOptions,
): Evaluation | Infeasible {
  const kernel = compileKernel(layer, accelerator, options);
  const packed = packMapping(kernel.layout, mapping);
  if (packed !== null) {
    const evaluation = kernel.toEvaluation(packed);
    if (evaluation.feasible) return evaluation;
  }
  return evaluateReference(layer, accelerator, mapping, options);
}
