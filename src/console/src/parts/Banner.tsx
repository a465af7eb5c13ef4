import { CloseButton } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useCell } from '../api/cell';
import { connection, dismissMoved } from '../api/live';
import { duration } from './format';

/** Says when nobody answers, and where the service is after it moved. Always there, so that screen readers hear what comes in. */
export function Banner() {
  const { state, since, moved } = useCell(connection);
  const lost = useLonger(state === 'lost', 400, since);
  useEffect(() => {
    if (moved === null || state !== 'live') return;
    const timer = setTimeout(dismissMoved, 30_000);
    return () => clearTimeout(timer);
  }, [moved, state]);
  return (
    <div role="status" aria-live="polite">
      {lost && <div className="banner tone-warn">The management service does not answer. The console goes on trying; what you typed stays.</div>}
      {!lost && moved && (
        <div className="banner tone-ok">
          Management moved to {moved.to}{moved.seconds === null ? '' : `, ${duration(moved.seconds)}`}
          <CloseButton size="xs" aria-label="Dismiss" onClick={dismissMoved} />
        </div>
      )}
    </div>
  );
}

/** True once something has been so for a while: a blink of the connection is no news. */
function useLonger(now: boolean, milliseconds: number, since: number): boolean {
  const [longer, setLonger] = useState(false);
  useEffect(() => {
    if (!now) return setLonger(false);
    const timer = setTimeout(() => setLonger(true), Math.max(0, since + milliseconds - Date.now()));
    return () => clearTimeout(timer);
  }, [now, milliseconds, since]);
  return now && longer;
}
