import { usePaged } from '../api/hooks';
import type { MachineRow } from '../api/management';
import { State } from '../parts/Badge';
import { DataTable } from '../parts/DataTable';
import { PageFrame } from '../parts/PageFrame';
import { Link } from '../parts/router';
import { When } from '../parts/When';

/** Members and clients, with the shared volumes attached to each. */
export function Machines() {
  const machines = usePaged<MachineRow>('/machines', row => row.name);
  const have = (key: keyof MachineRow) => machines.items.some(row => row[key] !== null && row[key] !== undefined);
  return (
    <PageFrame title="Machines" lead="Members of the cluster, and the client machines that are protected with it.">
      <div className="panel">
        <DataTable<MachineRow> label="Machines" rows={machines.items} error={machines.error} pending={machines.pending} more={machines.more} loadingMore={machines.loadingMore} rowKey={row => row.name} columns={[
          { title: 'Machine', cell: row => <Link to={`/machines/${encodeURIComponent(row.name)}`}>{row.name}</Link> },
          { title: 'Kind', cell: row => row.kind, look: 'tight' },
          { title: 'State', cell: row => <State of={row.state} />, look: 'tight' },
          { title: 'Address', cell: row => <span className="mono">{row.address ?? '–'}</span>, when: have('address') },
          { title: 'Version', cell: row => row.version ?? '–', when: have('version') },
          { title: 'Last seen', cell: row => <When at={row.lastSeen} />, when: have('lastSeen') },
          { title: 'Shared volumes attached', cell: row => row.sharedVolumes?.join(', ') || '–' },
          { title: 'Snapshots', cell: row => row.snapshots ?? '–', look: 'right', when: have('snapshots') },
        ]} />
      </div>
    </PageFrame>
  );
}
