import { buildAccelerator } from '../../accelerator/build.ts';
import type { DataflowTemplate } from '../../mapping/dataflow-template.ts';
import { improvement } from '../../search/accelerator/baseline.ts';
import type { NetworkFigures } from '../../search/ports.ts';
import type { BaselineEvent } from '../../search/run-events.ts';
import { baselineEvent } from '../design/baseline.ts';
import { scheduledFigures } from '../design/scheduled.ts';
import { networkFigures } from '../explain/layer-summary.ts';
import { mapLayerWise } from '../layers/final-mapping.ts';
import { scheduledNetwork } from '../layers/scheduled/scheduled-score.ts';
import { betweenOf } from '../layers/search-between.ts';
import type { RunSession } from '../run/kind.ts';
import { cosearchMapperSettings } from './final.ts';
import type { CosearchInputs } from './inputs.ts';

/** The baseline network on the baseline, scored as candidates are: within its published dataflow, and with optimal mappings. */
export async function baselineEvents(
  inputs: CosearchInputs,
  { pool, step }: Pick<RunSession<unknown>, 'pool' | 'step'>,
): Promise<BaselineEvent[]> {
  const { template, technology, reference, dataflow, request } = inputs;
  const accelerator = buildAccelerator(template, technology);
  const settings = cosearchMapperSettings(inputs, request.factors);
  const between = betweenOf(request);
  const figures = async (within: { readonly dataflow?: DataflowTemplate }) => {
    if (between.mode !== 'off') {
      const networks = [scheduledNetwork(reference.network)];
      const scoring = { networks, settings: { ...settings, ...within }, pins: between.pins };
      return (await scheduledFigures(scoring, inputs, pool))[0]!;
    }
    const how = { settings: { ...settings, ...within }, pool };
    return networkFigures((await mapLayerWise(reference.network, accelerator, how)).report);
  };
  step(`baseline ${template.name}, optimal mapping`);
  const optimal = baselineEvent(inputs, 'optimal', [await figures({})]);
  if (dataflow === null) return [optimal];
  step(`baseline ${template.name}, ${dataflow.name}`);
  return [baselineEvent(inputs, 'published', [await figures({ dataflow })]), optimal];
}

/**
 * How many times better than the baseline: within its published dataflow, null when none is known, and mapped as the found network is.
 * @param final the baseline with its final mappings; `published`: null where those of the search count
 */
export function gains(
  baselines: readonly BaselineEvent[],
  final: { readonly reference: NetworkFigures; readonly published: NetworkFigures | null },
  found: NetworkFigures,
): { readonly published: number | null; readonly optimal: number } {
  const searched = baselines.find(({ which }) => which === 'published')?.networks;
  const published = final.published === null ? searched : [final.published];
  return {
    published: published === undefined ? null : improvement(published, [found]),
    optimal: improvement([final.reference], [found]),
  };
}
