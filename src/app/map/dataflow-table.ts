import { buildAccelerator } from '../../accelerator/build.ts';
import { notModelled } from '../../cost/analysis/not-modelled.ts';
import { dataflowProblems } from '../../mapping/dataflow-problems.ts';
import type { MapRequest } from '../../options/map.ts';
import type { RunEvent } from '../../search/run-events.ts';
import { TrifoldError } from '../../util/errors.ts';
import type { NetworkTotals } from '../explain/evaluate.ts';
import { LAYER_BY_LAYER } from '../layers/between-layers.ts';
import type { LayerPool } from '../layers/layer-pool.ts';
import {
  isWithoutMapping,
  levelOfStaying,
  MORE_TIME,
  networkAnswerSteps,
  type Staying,
  scopeText,
  stayingOf,
  withoutFiguresJson,
} from '../layers/network-answer.ts';
import { type LayerSteps, runStepsTogether } from '../layers/steps.ts';
import { dataflowNames, loadDataflow } from '../presets/load.ts';
import { ALL_DATAFLOWS, layerSettings, mapInputs, requestedGoal, requestJson } from './inputs.ts';

/** A network with the best mappings that one dataflow allows. */
export interface DataflowRow {
  /** Null: any mapping, the free optimum. */
  readonly dataflow: string | null;
  /** Null when the dataflow cannot run some layer. */
  readonly figures: {
    readonly totals: NetworkTotals;
    /** Whether nothing within the dataflow is better. */
    readonly optimal: boolean;
    /** What stays on chip between layers. */
    readonly staying: Staying;
  } | null;
  /** Why there are no figures. */
  readonly reason: string | null;
  /** Whether that is the time given: there may be a mapping. */
  readonly isTimeOut: boolean;
}

/** Result of {@link runDataflowTable}. */
export interface DataflowTable {
  readonly request: MapRequest;
  readonly workload: string;
  readonly accelerator: string;
  /** What the rows are optima of, in words: the layer, the network as a whole, every layer on its own. */
  readonly scope: string;
  /** The free optimum first. */
  readonly rows: readonly DataflowRow[];
  /** What the figures leave out. */
  readonly notModelled: readonly string[];
  readonly seconds: number;
}

/**
 * Maps a network within every dataflow preset, and free of them: each row is the answer that `map` gives with that `--dataflow`.
 * @throws TrifoldError for bad input and options that a table does not take; `infeasible` when no row has a mapping
 */
export async function runDataflowTable(
  request: MapRequest,
  pool: LayerPool,
  emit: (event: RunEvent) => void,
): Promise<DataflowTable> {
  const started = performance.now();
  refuseOptions(request);
  const { dataflow: _, ...free } = request;
  const { network, specification, technology, between = LAYER_BY_LAYER } = mapInputs(free);
  const question = {
    network,
    accelerator: buildAccelerator(specification, technology),
    goal: requestedGoal(request),
    between,
    ...(request.time === undefined ? {} : { secondsPerLayer: request.time }),
  };
  const names = [null, ...dataflowNames()];
  function* rowSteps(dataflow: string | null): LayerSteps<DataflowRow> {
    const template = dataflow === null ? null : loadDataflow(dataflow);
    const [problem] = template === null ? [] : dataflowProblems(template, question.accelerator);
    if (problem !== undefined) return { dataflow, figures: null, reason: problem.message, isTimeOut: false };
    const answer = yield* networkAnswerSteps({ ...question, settings: layerSettings(request, template) });
    if (answer.kind === 'answered')
      return {
        dataflow,
        figures: {
          totals: answer.report.totals,
          optimal: answer.optimal,
          staying: stayingOf(question, answer),
        },
        reason: null,
        isTimeOut: false,
      };
    const { error } = answer;
    if (!isWithoutMapping(error)) throw error;
    return { dataflow, figures: null, reason: error.message, isTimeOut: error.code === 'time-out' };
  }
  const rows = await runStepsTogether(names.map(rowSteps), pool, ({ dataflow }, index) =>
    emit({ kind: 'note', level: 'info', text: `mapped ${index + 1}/${names.length}: ${dataflow ?? 'any mapping'}` }),
  );
  if (rows.every(({ figures }) => figures === null)) {
    const late = rows.find(({ isTimeOut }) => isTimeOut);
    const { reason } = late ?? rows[0]!;
    throw new TrifoldError(
      late === undefined ? 'infeasible' : 'time-out',
      reason ?? 'no dataflow has a mapping',
      late === undefined ? {} : { hint: MORE_TIME },
    );
  }
  return {
    request,
    workload: network.name,
    accelerator: specification.name,
    scope: scopeText({ ...question, settings: layerSettings(request, null) }),
    rows,
    notModelled: notModelled(question.accelerator, [network], request.temporalReuse, levelOfStaying(rows)),
    seconds: (performance.now() - started) / 1000,
  };
}

function refuseOptions({ save, explain, constraints }: MapRequest): void {
  const given = [
    ...(save === undefined ? [] : ['--save']),
    ...(explain ? ['--explain'] : []),
    ...(constraints === undefined ? [] : ['--constraints']),
  ];
  if (given.length > 0)
    throw new TrifoldError(
      'usage',
      `--dataflow ${ALL_DATAFLOWS} prints a table of dataflows: it takes no ${given.join(', ')}`,
      {
        hint: `name one of them: ${dataflowNames().join(', ')}`,
      },
    );
}

/** Plain JSON of a table of dataflows. Without times: equal requests give equal documents. */
export function dataflowTableJson({ request, workload, accelerator, rows, notModelled: limits }: DataflowTable) {
  return {
    command: 'map',
    workload,
    accelerator,
    layer: request.layer ?? null,
    ...requestJson(request),
    dataflows: rows.map(({ dataflow, figures, reason, isTimeOut }) => {
      if (figures === null) return { dataflow, ...withoutFiguresJson(reason, isTimeOut) };
      const { physical, ...totals } = figures.totals;
      return { dataflow, feasible: true, optimal: figures.optimal, between: figures.staying, ...totals, ...physical };
    }),
    notModelled: limits,
  };
}
