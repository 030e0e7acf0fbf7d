import { formatAccelerator } from '../../formats/accelerator-text.ts';
import { isStateOf } from '../../formats/run/read.ts';
import { designState } from '../../formats/run/states.ts';
import { betweenArguments, betweenOf } from '../layers/search-between.ts';
import { scheduleText } from '../map/files.ts';
import { mappingFileNames, mappingText, scheduleFileOf } from '../map/mapping-text.ts';
import { commandText } from '../run/command-text.ts';
import type { RunKind } from '../run/kind.ts';
import { baselinesFault } from './baselines-fault.ts';
import { type DesignState, INITIAL_DESIGN_STATE, runDesign } from './design.ts';
import { openEvaluator } from './evaluators.ts';
import type { FinishedDesign } from './finish.ts';
import { frontFiles } from './front.ts';
import { type DesignInputs, readDesignInputs } from './inputs.ts';
import { designJson } from './json.ts';

/** Runs of `trifold design`: the best accelerator within a budget, with all mappings. */
export const DESIGN_RUN: RunKind<DesignInputs, DesignState, FinishedDesign> = {
  name: 'design',
  title: 'a design run',
  initialState: INITIAL_DESIGN_STATE,
  generations: {
    plannedCandidates: ({ request }) => request.generations * request.populationSize,
    mappingsBefore: ({ search }) => search?.counters.mappingsEvaluated ?? 0,
  },
  isState: (value): value is DesignState => isStateOf(designState, value),
  stateFault: ({ networks }, state) => baselinesFault(state, networks.length),
  readInputs: readDesignInputs,
  folderName: ({ networks, budget }) => `${networks.map(({ name }) => name).join('+')}-${budget.name}`,
  oddity: () => null,
  search: async (inputs, session) => {
    const evaluator = await openEvaluator(inputs, session.limits, session);
    try {
      return await runDesign(inputs, {
        ...session,
        evaluator,
        showsLayers: true,
        endsNow: (search) => session.endsNow(search.getState().trials, search.best?.networks),
      });
    } finally {
      await evaluator.close();
    }
  },
  document: designJson,
  files: ({ request, template }, { best, mapped, summary }) => {
    const { workloads, budget, seed, batch } = request;
    const source = commandText([
      ...['trifold', 'design', ...workloads, '--budget', budget, '--seed', String(seed)],
      ...betweenArguments(betweenOf(request)),
    ]);
    const names = mappingFileNames(mapped.map(({ report }) => report.network.name));
    return [
      { name: 'accelerator.yaml', text: formatAccelerator(best.specification) },
      ...frontFiles(summary.front, template),
      ...mapped.flatMap(({ report, schedule }, i) => [
        { name: names[i]!, text: mappingText(schedule?.islands ?? report, source, batch) },
        ...(schedule === null
          ? []
          : [{ name: scheduleFileOf(names[i]!), text: scheduleText(schedule.answer, source, batch) }]),
      ]),
    ];
  },
};
