import type { TopLevelSpec } from 'vega-lite';
import { accuracyText } from '../../search/accuracy-text.ts';
import type { AccuracyPoint, FoundNetwork } from '../../search/found-network.ts';
import { meanFigures } from '../../search/run-figures.ts';
import { trialText, trialTitle } from '../../search/trials.ts';
import { siText } from '../../util/quantity-text.ts';
import { numberText } from '../number-text.ts';
import type { ReportModel } from '../report-model.ts';
import { type ChartFrame, chartBase, linearScale, logDomain, logScale, logTicks, ruleLayers } from './chart-base.ts';
import { STAR } from './front-chart.ts';

/** Points of a front with bars at most: more of them would hide it. */
const MOST_BARS = 60;

/** Whether the points of a front are drawn with their standard errors: where some are known, and not so many that their bars would hide the front. */
export function showsErrors(front: readonly AccuracyPoint[]): boolean {
  return front.length <= MOST_BARS && front.some(({ network }) => (network.accuracy.errorPoints ?? 0) > 0);
}

/** A network at its place in the chart. */
interface Place {
  readonly edp: number;
  readonly accuracy: number;
  readonly low: number;
  readonly high: number;
  readonly text: string;
}

/** Accuracy against EDP: scored networks, the front with its standard errors, the chosen network and the floor. Null without a front. */
export function accuracyChart(model: ReportModel, frame: ChartFrame): TopLevelSpec | null {
  const { accuracyFront, best, started } = model;
  if (accuracyFront.length === 0) return null;
  const front = accuracyFront
    .map((point) => placeOf(point.network, point.edpPjCycles, `${trialTitle(point.trial)}, on the front`))
    .sort((a, b) => a.edp - b.edp);
  const onFront = new Set(accuracyFront.map(({ trial }) => trial));
  const cloud = model.trials.flatMap(({ trial, network, networks }): Place[] =>
    network === undefined || networks === undefined || onFront.has(trial)
      ? []
      : [placeOf(network, meanFigures(networks).edpPjCycles, trialTitle(trial))],
  );
  const chosen =
    best?.network === undefined
      ? []
      : [placeOf(best.network, meanFigures(best.networks).edpPjCycles, `Chosen network, ${trialText(best.trial)}`)];
  const all = [...cloud, ...front, ...chosen];
  const floor = started.space?.floorPercent ?? null;
  const xDomain = logDomain(
    all.map(({ edp }) => edp),
    1.15,
  );
  const yDomain = accuracyDomain([...all.flatMap(({ low, high }) => [low, high]), ...(floor === null ? [] : [floor])]);
  const x = { field: 'edp', type: 'quantitative', scale: logScale(xDomain) } as const;
  const y = { field: 'accuracy', type: 'quantitative', scale: linearScale(yDomain) } as const;
  return {
    ...chartBase(frame),
    layer: [
      {
        data: { values: cloud },
        mark: { type: 'circle', size: 18, opacity: 0.4, color: 'var(--cloud)', clip: true },
        encoding: {
          x: { ...x, axis: { title: 'EDP (pJ\u00b7cycles)', format: '.1~e', values: logTicks(xDomain), tickCount: 6 } },
          y: { ...y, axis: { title: 'Top-1 accuracy (%)', format: '.4~g', tickCount: 6 } },
          description: { field: 'text' },
        },
      },
      {
        data: { values: front },
        mark: { type: 'line', interpolate: 'step-after', strokeWidth: 1.75, color: 'var(--front)', aria: false },
        encoding: { x, y },
      },
      {
        data: { values: showsErrors(accuracyFront) ? front.filter(({ low, high }) => high > low) : [] },
        mark: { type: 'rule', strokeWidth: 1.25, opacity: 0.6, color: 'var(--front)', clip: true, aria: false },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' } },
      },
      {
        data: { values: front },
        mark: { type: 'circle', size: 60, opacity: 0.9, color: 'var(--front)', stroke: 'var(--surface)' },
        encoding: { x, y, description: { field: 'text' } },
      },
      ...(floor === null
        ? []
        : ruleLayers(
            { value: floor, label: `floor ${floor} %`, color: 'var(--warn)', isAbove: false },
            linearScale(yDomain),
          )),
      {
        data: { values: chosen },
        mark: {
          type: 'point',
          filled: true,
          opacity: 1,
          size: 260,
          shape: STAR,
          color: 'var(--accent)',
          stroke: 'var(--surface)',
        },
        encoding: { x, y, description: { field: 'text' } },
      },
    ],
  };
}

function placeOf({ accuracy, macs }: FoundNetwork, edp: number, name: string): Place {
  const error = accuracy.errorPoints ?? 0;
  return {
    edp,
    accuracy: accuracy.top1Percent,
    low: accuracy.top1Percent - error,
    high: accuracy.top1Percent + error,
    text: `${name}: top-1 ${accuracyText(accuracy)}, EDP ${numberText(edp)} pJ\u00b7cycles, ${siText(macs, '')} MACs`,
  };
}

/** Range of percentages with some room. */
function accuracyDomain(values: readonly number[]): [number, number] {
  const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  const room = 0.06 * (high - low) || 0.5;
  return [low - room, high + room];
}
