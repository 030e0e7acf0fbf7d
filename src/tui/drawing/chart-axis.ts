/** An axis of a chart. */
export interface ChartAxis {
  /** Position of a value: 0 at the low end, 1 at the high end. */
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

/** An axis from `low` to `high`. @param padding share of the range that both ends get as room; above 0 a constant gets a range of its own */
export function chartAxis(low: number, high: number, scale: 'linear' | 'log', padding: number): ChartAxis {
  const to = scale === 'log' ? Math.log10 : (value: number) => value;
  const span = to(high) - to(low);
  const room = padding === 0 ? 0 : span > 0 ? padding * span : scale === 'log' ? 0.1 : Math.abs(high) * 0.1 || 1;
  const [start, end] = [to(low) - room, to(high) + room];
  const at = (value: number) => (end > start ? Math.min(1, Math.max(0, (to(value) - start) / (end - start))) : 0);
  const ticks = (scale === 'log' ? logTicks(start, end) : linearTicks(start, end)).filter(
    (tick) => to(tick) >= start - 1e-9 && to(tick) <= end + 1e-9,
  );
  return { at, ticks };
}

/** Powers of ten; with round figures between where they are few, or evenly within half a decade. @param start,end as log10 */
function logTicks(start: number, end: number): number[] {
  const decades = end - start;
  if (decades < 0.5) return linearTicks(10 ** start, 10 ** end);
  const within = (factors: readonly number[]) => {
    const ticks: number[] = [];
    for (let power = Math.floor(start); power <= Math.ceil(end); power++)
      for (const factor of factors) ticks.push(factor * 10 ** power);
    return ticks.filter((tick) => Math.log10(tick) >= start && Math.log10(tick) <= end);
  };
  if (decades >= 3) return within([1]);
  const coarse = within([1, 2, 5]);
  return coarse.length >= 3 ? coarse : within([1, 1.5, 2, 3, 5, 7]);
}

function linearTicks(start: number, end: number): number[] {
  if (!(end > start)) return [start];
  const raw = (end - start) / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= raw * 0.999)!;
  const ticks: number[] = [];
  for (let i = Math.ceil(start / step - 1e-9); i * step <= end * (1 + 1e-12) && ticks.length < 20; i++)
    ticks.push(i * step);
  return ticks;
}
