/**
 * The multiple of 8 nearest to a channel count, never more than a tenth below it and never below 8
 * (the rounding rule of MobileNetV2, used by Once-for-All and its relatives).
 */
export function multipleOf8(channels: number): number {
  const nearest = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return nearest < 0.9 * channels ? nearest + 8 : nearest;
}

/**
 * Rounds to the nearest integer and half-way cases to the even one, as the Python code does that defines the published networks.
 */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
