import { bytes, duration, rate } from './format';

/** A value of a series, in the unit that the service named. */
export function inUnit(value: number, unit: string): string {
  if (/bytes?(\/s|persecond)/i.test(unit) || unit === 'B/s') return rate(value);
  if (/^bytes?$/i.test(unit) || unit === 'B') return bytes(value);
  if (/^(s|seconds?)$/i.test(unit)) return duration(value);
  if (/^(ms|milliseconds?)$/i.test(unit)) return duration(value / 1000);
  const shown = Number.isInteger(value) ? value.toLocaleString('en') : Math.abs(value) < 0.1 ? value.toPrecision(2) : value.toFixed(2);
  if (/^ratio$/i.test(unit)) return `${shown} : 1`;
  return unit ? `${shown} ${unit}` : shown;
}
