import type { TopLevelSpec } from 'vega-lite';
import { edpGain } from '../../search/run-figures.ts';
import { factorText, numberText } from '../number-text.ts';
import { BASELINE_NAMES, type ReportModel, type ScoredTrial } from '../report-model.ts';
import {
  type ChartFrame,
  chartBase,
  isPositive,
  linearScale,
  logDomain,
  logScale,
  logTicks,
  RUN_COLORS,
} from './chart-base.ts';

type Layer = Extract<TopLevelSpec, { layer: unknown }>['layer'][number];

/** A dashed line across the whole chart, with its name. */
interface Reference {
  readonly value: number;
  readonly label: string;
  readonly color: string;
  readonly above: boolean;
}

/** Score of every scored trial and the best so far, with both baselines as lines. Null when nothing was scored. */
export function convergenceChart(model: ReportModel, frame: ChartFrame): TopLevelSpec | null {
  const { scored } = model;
  if (scored.length === 0) return null;
  const references = baselineScores(model);
  const values = scored.map((trial) => ({
    trial: trial.trial,
    score: trial.score,
    best: trial.bestScore,
    text: `Trial ${trial.trial}, generation ${trial.generation}: ${numberText(trial.score)} of the baseline's EDP`,
  }));
  const domain = logDomain([...scored.map(({ score }) => score), ...references.map(({ value }) => value)], 1.15);
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
            axis: { title: 'EDP relative to the baseline', values: logTicks(domain), format: '.4~g' },
          },
          description: { field: 'text' },
        },
      },
      {
        mark: {
          type: 'line',
          interpolate: 'step-after',
          strokeWidth: 2.5,
          color: 'var(--accent)',
          clip: true,
          aria: false,
        },
        encoding: { x: { ...x, field: 'trial' }, y: { ...y, field: 'best' } },
      },
      ...references.flatMap((reference) => referenceLayers(reference, logScale(domain))),
    ],
  };
}

/** Best score by trial of two runs. */
export function convergenceOverlay(a: ReportModel, b: ReportModel, frame: ChartFrame): TopLevelSpec | null {
  const runs = [a, b].filter((model) => model.scored.length > 0);
  if (runs.length < 2) return null;
  const series = [a, b].flatMap((model, index) =>
    stepPoints(model).map(({ trial, bestScore }) => ({ run: 'AB'[index], trial, best: bestScore })),
  );
  const domain = logDomain(
    series.map(({ best }) => best),
    1.15,
  );
  const lastTrial = Math.max(1, ...runs.map((model) => model.trials.at(-1)?.trial ?? 0));
  return {
    ...chartBase(frame),
    data: { values: series },
    mark: { type: 'line', interpolate: 'step-after', strokeWidth: 2.5, aria: false },
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
      color: { field: 'run', type: 'nominal', scale: { domain: ['A', 'B'], range: RUN_COLORS }, legend: null },
      strokeDash: {
        field: 'run',
        type: 'nominal',
        scale: {
          domain: ['A', 'B'],
          range: [
            [1, 0],
            [6, 4],
          ],
        },
        legend: null,
      },
    },
  };
}

function baselineScores(model: ReportModel): readonly Reference[] {
  const references: Reference[] = [];
  const { optimal, published } = model.searched;
  if (optimal === null) return references;
  const score = published === null ? null : edpGain(published.networks, optimal.networks);
  const isHigher = score !== null && score >= 1;
  references.push({ value: 1, label: BASELINE_NAMES.optimal, color: 'var(--optimal)', above: !isHigher });
  if (score !== null && isPositive(score))
    references.push({
      value: score,
      label: `${BASELINE_NAMES.published} (${factorText(score)})`,
      color: 'var(--published)',
      above: isHigher,
    });
  return references;
}

function referenceLayers({ value, label, color, above }: Reference, scale: ReturnType<typeof logScale>): Layer[] {
  const data = { values: [{ value, label }] };
  const y = { field: 'value', type: 'quantitative' as const, scale };
  return [
    { data, mark: { type: 'rule', strokeDash: [6, 4], strokeWidth: 1.5, color, aria: false }, encoding: { y } },
    {
      data,
      mark: { type: 'text', align: 'right', dy: above ? -10 : 12, fontSize: 12, fill: color, aria: false },
      encoding: { y, x: { value: 'width' }, text: { field: 'label' } },
    },
  ];
}

/** Trials at which the best score changes, and the last one. */
function stepPoints(model: ReportModel): readonly ScoredTrial[] {
  const { scored } = model;
  return scored.filter((trial, i) => i === 0 || i === scored.length - 1 || trial.bestScore < scored[i - 1]!.bestScore);
}
