import type { TopLevelSpec } from 'vega-lite';
import { FRONT_OBJECTIVE } from '../../search/found-network.ts';
import { edpGain } from '../../search/run-figures.ts';
import { factorText, numberText } from '../number-text.ts';
import { BASELINE_NAMES, type ReportModel } from '../report-model.ts';
import {
  type ChartFrame,
  chartBase,
  isPositive,
  linearScale,
  logDomain,
  logScale,
  logTicks,
  type Rule,
  ruleLayers,
  runEncoding,
  STAIRS,
} from './chart-base.ts';

/** Score of every scored trial and the best so far, with both baselines as lines. Null when nothing was scored. */
export function convergenceChart(model: ReportModel, frame: ChartFrame): TopLevelSpec | null {
  const { scored } = model;
  if (scored.length === 0) return null;
  const rules = baselineScores(model);
  const isFront = model.started.objective === FRONT_OBJECTIVE;
  const values = scored.map((trial) => ({
    trial: trial.trial,
    score: trial.score,
    text: `Trial ${trial.trial}, generation ${trial.generation}: ${numberText(trial.score)} of the baseline's EDP${isFront ? ', mean over the front' : ''}`,
  }));
  const domain = logDomain([...scored.map(({ score }) => score), ...rules.map(({ value }) => value)], 1.15);
  const lastTrial = Math.max(1, model.trials.at(-1)?.trial ?? 0);
  const x = { type: 'quantitative', scale: linearScale([0, lastTrial]) } as const;
  const y = { type: 'quantitative', scale: logScale(domain) } as const;
  return {
    ...chartBase(frame),
    data: { values },
    layer: [
      {
        mark: { type: 'circle', size: 22, opacity: 0.45, color: 'var(--cloud)', clip: true },
        encoding: {
          x: { ...x, field: 'trial', axis: { title: 'Trial', grid: false, tickCount: 8 } },
          y: {
            ...y,
            field: 'score',
            axis: {
              title: isFront ? 'Mean EDP of the front, relative' : 'EDP relative to the baseline',
              values: logTicks(domain),
              format: '.4~g',
            },
          },
          description: { field: 'text' },
        },
      },
      {
        mark: { ...STAIRS, color: 'var(--accent)' },
        data: { values: stepPoints(model) },
        encoding: { x: { ...x, field: 'trial' }, y: { ...y, field: 'best' } },
      },
      ...rules.flatMap((rule) => ruleLayers(rule, logScale(domain))),
    ],
  };
}

/** Best score by trial of two runs. */
export function convergenceOverlay(a: ReportModel, b: ReportModel, frame: ChartFrame): TopLevelSpec | null {
  const runs = [a, b].filter((model) => model.scored.length > 0);
  if (runs.length < 2) return null;
  const series = [a, b].flatMap((model, index) => stepPoints(model).map((point) => ({ run: 'AB'[index], ...point })));
  const domain = logDomain(
    series.map(({ best }) => best),
    1.15,
  );
  const lastTrial = Math.max(1, ...runs.map((model) => model.trials.at(-1)?.trial ?? 0));
  return {
    ...chartBase(frame),
    data: { values: series },
    mark: STAIRS,
    encoding: {
      x: {
        field: 'trial',
        type: 'quantitative',
        scale: linearScale([0, lastTrial]),
        axis: { title: 'Trial', grid: false, tickCount: 8 },
      },
      y: {
        field: 'best',
        type: 'quantitative',
        scale: logScale(domain),
        axis: { title: 'Best EDP relative to the baseline', values: logTicks(domain), format: '.4~g' },
      },
      ...runEncoding(),
    },
  };
}

function baselineScores(model: ReportModel): readonly Rule[] {
  const rules: Rule[] = [];
  const { optimal, published } = model.searched;
  if (optimal === null) return rules;
  const score = published === null ? null : edpGain(published.networks, optimal.networks);
  const isHigher = score !== null && score >= 1;
  rules.push({ value: 1, label: BASELINE_NAMES.optimal, color: 'var(--optimal)', isAbove: !isHigher });
  if (score !== null && isPositive(score))
    rules.push({
      value: score,
      label: `${BASELINE_NAMES.published} (${factorText(score)})`,
      color: 'var(--published)',
      isAbove: isHigher,
    });
  return rules;
}

/** The best score at each trial that changes it, and at the last trial of the run, scored or not. */
function stepPoints({ scored, trials }: ReportModel): readonly { readonly trial: number; readonly best: number }[] {
  const steps = scored.filter((trial, i) => i === 0 || trial.bestScore < scored[i - 1]!.bestScore);
  const points = steps.map(({ trial, bestScore }) => ({ trial, best: bestScore }));
  const [last, end] = [points.at(-1), trials.at(-1)];
  return last === undefined || end === undefined || end.trial <= last.trial
    ? points
    : [...points, { trial: end.trial, best: last.best }];
}
