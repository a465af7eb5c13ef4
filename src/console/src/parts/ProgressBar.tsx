import { Text } from '@mantine/core';
import type { Progress } from '../api/jobs';
import { bytes, duration, rate } from './format';

/** How far a run is; a moving bar when its end is not known. */
export function ProgressBar({ of, label }: { of: Progress; label: string }) {
  const share = of.total ? Math.min(100, (100 * of.done) / of.total) : null;
  const told = [
    of.total ? `${bytes(of.done)} of ${bytes(of.total)}` : bytes(of.done),
    of.bytesPerSecond ? rate(of.bytesPerSecond) : null,
    of.secondsLeft ? `${duration(of.secondsLeft)} left` : null,
  ].filter(Boolean).join(' · ');
  return (
    <div>
      <div className={`bar${share === null ? ' unsure' : ''}`} role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={share === null ? undefined : Math.round(share)} aria-valuetext={told}>
        <div style={{ width: `${share ?? 30}%` }} />
      </div>
      <Text size="xs" c="dimmed" mt={3}>{share === null ? told : `${Math.floor(share)} % · ${told}`}</Text>
      {of.path && <Text size="xs" c="dimmed" className="mono" truncate title={of.path}>{of.path}</Text>}
    </div>
  );
}
