import type { Overview } from '../api/management';
import { Link, usePlace } from './router';

/** Says to who may approve it that something waits for them. Always there, so that screen readers hear what comes in. */
export function AsksForMe({ overview }: { overview: Overview | undefined }) {
  const place = usePlace();
  const count = overview?.approvals?.forMe ?? 0;
  return (
    <div role="status" aria-live="polite">
      {count > 0 && place.path !== '/approvals' && <div className="banner tone-warn">{count === 1 ? 'One act waits' : `${count} acts wait`} for you as a second person. <Link to="/approvals">Look at it</Link></div>}
    </div>
  );
}
