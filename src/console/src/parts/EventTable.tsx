import { usePaged, type Query } from '../api/hooks';
import type { EventRow } from '../api/management';
import { NodeLink } from './ConsoleLink';
import { DataTable } from './DataTable';
import { When } from './When';

const keyOf = (event: EventRow) => String(event.id);

/** What happened, newest first. */
export function EventTable({ query }: { query: Query }) {
  const events = usePaged<EventRow>('/events', keyOf, query, 50);
  return (
    <DataTable label="Events" rows={events.items} error={events.error} pending={events.pending} more={events.more} loadingMore={events.loadingMore} rowKey={keyOf} empty="Nothing happened." columns={[
      { title: 'At', cell: event => <When at={event.at} absolute />, look: 'tight' },
      { title: 'Node', cell: event => <NodeLink name={event.node} />, look: 'tight' },
      { title: 'Kind', cell: event => <span className="mono">{event.kind}</span>, look: 'tight' },
      { title: 'Role', cell: event => [event.role, event.resource].filter(Boolean).join(' / ') },
      { title: 'What happened', look: 'wide', cell: event => <>{event.message}{event.because ? <span style={{ color: 'var(--mantine-color-dimmed)' }}> {event.because}</span> : null}</> },
    ]} />
  );
}
