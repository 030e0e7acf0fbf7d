import type { TopLevelSpec } from 'vega-lite';
import { meanFigures } from '../../search/run-figures.ts';
import { trialText, trialTitle } from '../../search/trials.ts';
import { energyText, siPrefix, siText } from '../../util/quantity-text.ts';
import { numberText } from '../number-text.ts';
import { BASELINE_NAMES, type ReportModel, type ScoredTrial } from '../report-model.ts';
import { type ChartFrame, chartBase, logDomain, logScale, logTicks } from './chart-base.ts';

/** All scored trials by energy and cycles, the front with its area as size, the chosen design and both baselines. Null when nothing was scored. */
export function frontChart(model: ReportModel, frame: ChartFrame): TopLevelSpec | null {
  const { scored, front, best } = model;
  if (front.length === 0) return null;
  const unit = siPrefix(Math.min(...front.map(({ energyPj }) => energyPj * 1e-12)));
  const text = (kind: string, point: Pick<ScoredTrial, 'energyPj' | 'cycles' | 'areaMm2'>) =>
    `${kind}: ${energyText(point.energyPj)}, ${siText(point.cycles, 'cycles')}, ${numberText(point.areaMm2)} mm\u00b2`;
  const point = (kind: string, from: Pick<ScoredTrial, 'energyPj' | 'cycles' | 'areaMm2'>, name: string) => ({
    kind,
    energy: (from.energyPj * 1e-12) / unit.scale,
    cycles: from.cycles,
    area: from.areaMm2,
    text: text(name, from),
  });
  const onFront = new Set(front.map(({ trial }) => trial));
  const cloud = scored
    .filter(({ trial }) => !onFront.has(trial))
    .map((trial) => point('trial', trial, trialTitle(trial.trial)));
  const frontPoints = front.map((trial) => point('front', trial, `${trialTitle(trial.trial)}, on the front`));
  const special = [
    ...(['published', 'optimal'] as const).flatMap((which) => {
      const event = model.searched[which];
      return event === null
        ? []
        : [point(which, { ...meanFigures(event.networks), areaMm2: event.areaMm2 }, BASELINE_NAMES[which])];
    }),
    ...(best === null
      ? []
      : [
          point(
            'chosen',
            { ...meanFigures(best.networks), areaMm2: best.areaMm2 },
            `Chosen design, ${trialText(best.trial)}`,
          ),
        ]),
  ];
  const all = [...cloud, ...frontPoints, ...special];
  const xDomain = logDomain(
    all.map(({ energy }) => energy),
    1.12,
  );
  const yDomain = logDomain(
    all.map(({ cycles }) => cycles),
    1.12,
  );
  const chosen = special.find(({ kind }) => kind === 'chosen');
  const x = { field: 'energy', type: 'quantitative', scale: logScale(xDomain) } as const;
  const y = { field: 'cycles', type: 'quantitative', scale: logScale(yDomain) } as const;
  const equalEdp =
    chosen === undefined ? [] : xDomain.map((energy) => ({ energy, cycles: (chosen.energy * chosen.cycles) / energy }));
  const kinds = ['published', 'optimal', 'chosen'];
  return {
    ...chartBase(frame),
    layer: [
      {
        data: { values: cloud },
        mark: { type: 'circle', size: 18, opacity: 0.4, color: 'var(--cloud)', clip: true },
        encoding: {
          x: { ...x, axis: { title: `Energy (${unit.prefix}J)`, format: '.4~g', values: logTicks(xDomain) } },
          y: { ...y, axis: { title: 'Cycles', format: '~s', values: logTicks(yDomain) } },
          description: { field: 'text' },
        },
      },
      {
        data: { values: equalEdp },
        mark: { type: 'line', strokeDash: [2, 4], strokeWidth: 1.25, color: 'var(--muted)', clip: true, aria: false },
        encoding: { x, y },
      },
      {
        data: { values: frontPoints },
        mark: { type: 'circle', opacity: 0.75, color: 'var(--front)', stroke: 'var(--surface)', strokeWidth: 1 },
        encoding: {
          x,
          y,
          size: { field: 'area', type: 'quantitative', scale: { zero: true, range: [0, 300] }, legend: null },
          description: { field: 'text' },
        },
      },
      {
        data: { values: special },
        mark: { type: 'point', filled: true, opacity: 1, size: 260, stroke: 'var(--surface)', strokeWidth: 1.25 },
        encoding: {
          x,
          y,
          shape: {
            field: 'kind',
            type: 'nominal',
            scale: { domain: kinds, range: ['triangle-up', 'diamond', STAR] },
            legend: null,
          },
          color: {
            field: 'kind',
            type: 'nominal',
            scale: { domain: kinds, range: ['var(--published)', 'var(--optimal)', 'var(--accent)'] },
            legend: null,
          },
          description: { field: 'text' },
        },
      },
    ],
  };
}

/** A five-pointed star in Vega's unit square. */
export const STAR =
  'M0,-1L0.25,-0.34L0.95,-0.31L0.4,0.13L0.59,0.81L0,0.42L-0.59,0.81L-0.4,0.13L-0.95,-0.31L-0.25,-0.34Z';
