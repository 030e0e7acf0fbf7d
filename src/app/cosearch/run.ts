import { formatAccelerator } from '../../formats/accelerator-text.ts';
import { isStateOf } from '../../formats/run/read.ts';
import { cosearchState } from '../../formats/run/states.ts';
import { formatWorkload } from '../../formats/workload/workload-writer.ts';
import { NO_COUNTERS } from '../../search/accelerator/generation-results.ts';
import { frontVolume } from '../../search/network/network-front.ts';
import type { SearchCounters } from '../../search/ports.ts';
import { baselinesFault } from '../design/baselines-fault.ts';
import { finishedSchedules } from '../design/finish.ts';
import { designLimits } from '../design/limits.ts';
import { networkFigures, networkSummaries } from '../explain/layer-summary.ts';
import { isProven } from '../layers/final-mapping.ts';
import { betweenArguments, betweenOf } from '../layers/search-between.ts';
import { scheduleText } from '../map/files.ts';
import { mappingText } from '../map/mapping-text.ts';
import type { RunKind, RunSession } from '../run/kind.ts';
import { accuracyDemands, accuracySourceHash } from './accuracy-source.ts';
import { gains } from './baselines.ts';
import {
  type CosearchLoop,
  type CosearchState,
  INITIAL_COSEARCH_STATE,
  runCosearch,
  type SearchedDesign,
} from './cosearch.ts';
import { cosearchFinal, type FinalMappings } from './final.ts';
import { type CosearchInputs, readCosearchInputs } from './inputs.ts';
import { cosearchJson, type FinishedCosearch, frontCsv } from './json.ts';
import { openScorer } from './scorer.ts';

/** Runs of `trifold cosearch`: network, accelerator and mapping in one search. */
export const COSEARCH_RUN: RunKind<CosearchInputs, CosearchState, FinishedCosearch> = {
  name: 'cosearch',
  title: 'a co-search',
  initialState: INITIAL_COSEARCH_STATE,
  generations: {
    plannedCandidates: ({ request }) => request.generations * request.populationSize,
    mappingsBefore: (state) => countersOf(state)?.mappingsEvaluated ?? 0,
  },
  isState: (value): value is CosearchState => isStateOf(cosearchState, value),
  stateFault: (_, state) => baselinesFault(state, 1),
  readInputs: readCosearchInputs,
  demands: ({ request }) => accuracyDemands(request.accuracy),
  folderName: ({ request, budget, template }) => `${request.space}-${budget?.name ?? template.name}`,
  oddity: ({ request, accuracySha256 }) =>
    accuracySourceHash(request.accuracy) === accuracySha256
      ? null
      : 'the file of the accuracy evaluator has changed since the run began: its result may differ from an uninterrupted run',
  search,
  document: cosearchJson,
  files: ({ request }, { best, final, front }) => {
    const where = request.budget === undefined ? `--accelerator ${request.accelerator}` : `--budget ${request.budget}`;
    const between = betweenArguments(betweenOf(request));
    const source = [`trifold cosearch --space ${request.space} ${where} --seed ${request.seed}`, ...between].join(' ');
    const { report, schedule } = final;
    return [
      { name: 'accelerator.yaml', text: formatAccelerator(best.specification) },
      { name: 'network.yaml', text: formatWorkload(report.network) },
      { name: 'mapping.yaml', text: mappingText(schedule?.islands ?? report, source, 1) },
      ...(schedule === null ? [] : [{ name: 'schedule.yaml', text: scheduleText(schedule.answer, source, 1) }]),
      { name: 'front.csv', text: frontCsv(front) },
    ];
  },
};

async function search(inputs: CosearchInputs, session: RunSession<CosearchState>): Promise<FinishedCosearch | null> {
  const { emit } = session;
  const scorer = await openScorer(inputs, session);
  try {
    const endsNow = ({ trials, best }: Pick<CosearchLoop, 'trials' | 'best'>) =>
      session.endsNow(trials, best?.networks);
    const searched = await runCosearch(inputs, { ...session, scorer, endsNow });
    if (searched === null) return null;
    await scorer.close();
    const finished = finish(inputs, searched, await cosearchFinal(inputs, searched.best, session));
    emit({ kind: 'best-layers', trial: finished.best.trial, layers: finished.summary.layers });
    const networks = [networkFigures(finished.final.report)];
    emit({
      ...{ kind: 'finished', reason: finished.reason, design: finished.summary, networks },
      ...finishedSchedules([finished.final]),
      notModelled: designLimits([finished.final]),
    });
    return finished;
  } finally {
    await scorer.close();
  }
}

function finish(
  inputs: CosearchInputs,
  searched: SearchedDesign,
  { found, reference, published }: FinalMappings,
): FinishedCosearch {
  const { best, front, baselines, context } = searched;
  const { report } = found;
  const figures = {
    reference: networkFigures(reference.report),
    published: published && networkFigures(published.report),
  };
  const against = gains(baselines, figures, networkFigures(report));
  const { search } = searched.state;
  const reached = best.network?.accuracy.reportedTop1Percent;
  const known = inputs.reference.top1Percent;
  return {
    ...searched,
    final: found,
    finalReference: networkFigures(reference.report),
    mappedReference: reference,
    mappedPublished: published,
    gains: against,
    gainedPoints: known === null || reached === undefined ? null : reached - known,
    hypervolume: frontVolume(front, context.corner),
    corner: { top1Percent: context.corner.accuracy, edpPjCycles: context.corner.cost },
    summary: {
      best,
      improvement: { published: against.published ?? against.optimal, optimal: against.optimal },
      layers: networkSummaries(report, (i) => isProven(found, i)),
      front: search?.kind === 'nested-search' ? search.search.front : [],
      accuracyFront: front,
      counters: countersOf(searched.state) ?? NO_COUNTERS,
    },
  };
}

function countersOf({ search }: CosearchState): SearchCounters | undefined {
  return search?.kind === 'nested-search' ? search.search.counters : search?.counters;
}
