import { EventTable } from '../parts/EventTable';
import { Filters, useFilters } from '../parts/Filters';
import { PageFrame } from '../parts/PageFrame';

const filters = [{ name: 'text', label: 'Text' }, { name: 'kind', label: 'Kind' }, { name: 'role', label: 'Role' }, { name: 'node', label: 'Node' }];

/** What happened in the cluster. */
export function Events() {
  const query = useFilters(filters);
  return (
    <PageFrame title="Events">
      <Filters of={filters} />
      <div className="panel"><EventTable query={query} /></div>
    </PageFrame>
  );
}
