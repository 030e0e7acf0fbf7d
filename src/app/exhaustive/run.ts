import { formatAccelerator } from '../../formats/accelerator-text.ts';
import { isStateOf } from '../../formats/run/read.ts';
import { exhaustiveState } from '../../formats/run/states.ts';
import { formatWorkload } from '../../formats/workload/workload-writer.ts';
import { exactSettings } from '../../search/mapping/map-layer.ts';
import { layerRecord } from '../../search/network/network-table.ts';
import { accuracyDemands } from '../cosearch/accuracy-source.ts';
import { namedGoal } from '../layers/goal.ts';
import { workPerShape } from '../layers/layer-work.ts';
import { mappingText } from '../map/mapping-text.ts';
import type { RunKind, RunSession } from '../run/kind.ts';
import {
  type ExhaustiveSession,
  type ExhaustiveState,
  type FinishedExhaustive,
  INITIAL_EXHAUSTIVE_STATE,
  runExhaustive,
} from './exhaustive.ts';
import { type ExhaustiveData, type ExhaustiveInputs, exhaustiveData, readExhaustiveInputs } from './inputs.ts';
import { exhaustiveJson, networksCsv } from './json.ts';

/** An exhaustive run with the data that its networks were rated by. */
export interface RatedExhaustive extends FinishedExhaustive {
  readonly data: ExhaustiveData;
}

/** Runs of `trifold cosearch --search exhaustive`: all networks of a space on one accelerator. */
export const EXHAUSTIVE_RUN: RunKind<ExhaustiveInputs, ExhaustiveState, RatedExhaustive> = {
  name: 'exhaustive',
  title: 'an exhaustive co-search',
  initialState: INITIAL_EXHAUSTIVE_STATE,
  generations: null,
  isState: (value): value is ExhaustiveState => isStateOf(exhaustiveState, value),
  readInputs: readExhaustiveInputs,
  demands: ({ request }) => accuracyDemands(request.accuracy),
  folderName: ({ request, specification }) => `${request.space}-${specification.name}`,
  oddity: () => null,
  search: async (inputs, session) => {
    const data = exhaustiveData(inputs);
    const mapLayers = layerMapping(inputs, session);
    return { ...(await runExhaustive(inputs, data, { ...session, mapLayers })), data };
  },
  document: (inputs, finished) => exhaustiveJson(inputs, finished.data, finished),
  files: ({ request, specification }, { report, data, ...finished }) => {
    const source = `trifold cosearch --space ${request.space} --accelerator ${request.accelerator} --search exhaustive`;
    return [
      { name: 'accelerator.yaml', text: formatAccelerator(specification) },
      { name: 'network.yaml', text: formatWorkload(report.network) },
      { name: 'mapping.yaml', text: mappingText(report, source, request.batch) },
      { name: 'networks.csv', text: networksCsv(data, finished) },
    ];
  },
};

/** Maps layers on threads, with progress. */
function layerMapping(
  { request: { factors, nodeLimit, objective } }: ExhaustiveInputs,
  { pool, emit }: RunSession<ExhaustiveState>,
): ExhaustiveSession['mapLayers'] {
  return async (all, known, accelerator, onOutcome) => {
    const begun = performance.now();
    let mappings = 0;
    const settings = exactSettings({ factors, ...(nodeLimit === undefined ? {} : { nodeLimit }) });
    const work = workPerShape(all.slice(known), { accelerator, goal: namedGoal(objective), settings });
    await pool.map(work, (result, index) => {
      const outcome = layerRecord(result.kind === 'mapped' ? result.layers[0]! : result.outcome);
      mappings += outcome.kind === 'unmappable' ? 0 : outcome.evaluations;
      const seconds = (performance.now() - begun) / 1000;
      emit({
        kind: 'progress',
        elapsedSeconds: seconds,
        done: known + index + 1,
        total: all.length,
        mappingsPerSecond: mappings / Math.max(seconds, 1e-3),
        remainingSeconds: null,
        workers: pool.workers,
      });
      onOutcome(outcome);
    });
  };
}
