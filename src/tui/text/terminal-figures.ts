import { bytesText, energyText, percentText, siText } from '../../util/quantity-text.ts';

/** A figure with `digits` significant digits, as `3.21e15` where it is large or tiny. */
export function formatFigure(value: number, digits = 3): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) return value.toExponential(digits - 1).replace('e+', 'e');
  return Number(value.toPrecision(digits)).toString();
}

/** A round figure of an axis: as {@link formatFigure}, without zeros after the point. */
export function formatTick(value: number): string {
  return formatFigure(value).replace(/\.?0+(?=e)/, '');
}

/** A count or quantity with an SI prefix: `1.24 M`, `12.3 ms`. */
export function formatSi(value: number, unit = ''): string {
  return siText(value, unit, 3);
}

/** Energy in pJ as `12.3 mJ`. */
export function formatEnergy(energyPj: number): string {
  return energyPj >= 1e3 ? energyText(energyPj, 3) : `${formatFigure(energyPj)} pJ`;
}

/** Bytes with a binary prefix: `92.5 KiB`. */
export function formatBytes(bytes: number): string {
  return bytesText(bytes, (value) => String(Number(value.toPrecision(value < 1000 ? 3 : 4))));
}

/** Seconds as `0:43` or `1:02:03`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** A share in [0, 1] as `71 %`. */
export function formatPercent(share: number): string {
  return percentText(share, 0);
}

/** A factor as `3.42×`. */
export function formatFactor(factor: number): string {
  return `${factor >= 100 ? Math.round(factor) : Number(factor.toPrecision(3))}×`;
}
