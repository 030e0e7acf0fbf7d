/** A straight line from the predictions of an accuracy network, in percent, to published top-1 accuracies in percent. */
export interface Calibration {
  readonly slope: number;
  readonly offsetPercent: number;
  /** Predictions between which published points lie. */
  readonly predictedRange: readonly [lowest: number, highest: number];
  /** Leave-one-out error (root mean square) in points. */
  readonly errorPoints: number;
}

/** A calibrated prediction. */
export interface Calibrated {
  readonly top1Percent: number;
  /** Whether the prediction lies between calibrated ones. */
  readonly inDomain: boolean;
  readonly notes: readonly string[];
}

/** Slack of the calibrated range in points: rounding of the published predictions. */
const RANGE_SLACK = 0.05;

/** Published accuracy expected for a prediction in percent. */
export function applyCalibration(calibration: Calibration, predictedPercent: number): Calibrated {
  const [lowest, highest] = calibration.predictedRange;
  const isBelow = predictedPercent < lowest - RANGE_SLACK;
  const isAbove = predictedPercent > highest + RANGE_SLACK;
  const expected = calibration.slope * predictedPercent + calibration.offsetPercent;
  return {
    top1Percent: Math.min(100, Math.max(0, expected)),
    inDomain: !isBelow && !isAbove,
    notes:
      isBelow || isAbove
        ? [`${isBelow ? 'below' : 'above'} all published points: extrapolated, the error is not known`]
        : [],
  };
}

/** Least-squares line through points. @throws RangeError for fewer than three points or equal predictions */
export function fitCalibration(
  points: readonly { readonly predicted: number; readonly published: number }[],
): Calibration {
  if (points.length < 3) throw new RangeError('a calibration needs at least three points');
  const { slope, offset } = fitLine(points);
  const squares = points.map(({ predicted, published }, i) => {
    const line = fitLine(points.filter((_, j) => j !== i));
    return (line.slope * predicted + line.offset - published) ** 2;
  });
  const predictions = points.map(({ predicted }) => predicted);
  return {
    slope,
    offsetPercent: offset,
    predictedRange: [Math.min(...predictions), Math.max(...predictions)],
    errorPoints: Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / points.length),
  };
}

function fitLine(points: readonly { readonly predicted: number; readonly published: number }[]): {
  slope: number;
  offset: number;
} {
  const meanX = points.reduce((sum, { predicted }) => sum + predicted, 0) / points.length;
  const meanY = points.reduce((sum, { published }) => sum + published, 0) / points.length;
  const variance = points.reduce((sum, { predicted }) => sum + (predicted - meanX) ** 2, 0);
  if (variance === 0) throw new RangeError('all predictions are equal');
  const covariance = points.reduce(
    (sum, { predicted, published }) => sum + (predicted - meanX) * (published - meanY),
    0,
  );
  const slope = covariance / variance;
  return { slope, offset: meanY - slope * meanX };
}
