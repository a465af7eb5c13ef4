import type { Overview } from '../api/management';
import { State } from './Badge';
import { toneOf } from './tone';

/** The two lights: does the service answer, and is its database there. Words as well as colours. */
export function Lights({ overview, connected }: { overview: Overview | undefined; connected: boolean }) {
  const service = connected ? 'up' : 'away';
  const database = overview?.database.state ?? 'unknown';
  return (
    <>
      <span title={overview ? `Service on ${overview.service.node}, epoch ${overview.service.epoch}` : undefined}><State of={service} text="Service" /><span className="unseen">{connected ? 'answers' : 'does not answer'}</span></span>
      <span title={overview?.database.reason ?? `Database: ${database}`}><State of={database} tone={toneOf(database)} text="Database" /><span className="unseen">{database}</span></span>
    </>
  );
}
