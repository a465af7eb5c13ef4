import { Group, Text } from '@mantine/core';
import { path } from '../api/client';
import { useCan } from '../api/features';
import { usePaged, type Query } from '../api/hooks';
import type { SnapshotRow } from '../api/management';
import { State } from './Badge';
import { OperationLink } from './ConsoleLink';
import { DataTable } from './DataTable';
import { Details } from './Details';
import { bytes, moment } from './format';
import { Link } from './router';
import { SnapshotActions } from './SnapshotActions';
import { When } from './When';

/** Points in time that can be gone back to. */
export function SnapshotTable({ query }: { query: Query }) {
  const can = useCan();
  const snapshots = usePaged<SnapshotRow>('/snapshots', row => `${row.vault}/${row.id}`, query);
  return (
    <DataTable label="Snapshots" rows={snapshots.items} error={snapshots.error} pending={snapshots.pending} more={snapshots.more} loadingMore={snapshots.loadingMore} rowKey={row => `${row.vault}/${row.id}`} empty="There are no snapshots." columns={[
      { title: 'Status', cell: row => <State of={row.status} />, look: 'tight' },
      { title: 'Name', cell: row => row.name || row.paths.join(', ') },
      { title: 'Taken', cell: row => <When at={row.taken} absolute />, look: 'tight' },
      { title: 'Type', cell: row => row.type, look: 'tight' },
      { title: 'Delta', cell: row => bytes(row.deltaBytes), look: 'right' },
      { title: 'Used', cell: row => bytes(row.usedBytes), look: 'right' },
      { title: 'Shared volumes', cell: row => row.sharedVolumes?.join(', ') || '–' },
      { title: 'Proof', cell: row => (row.proof ? <span title={moment(row.proof.at)}><State of={row.proof.state} /><Text size="xs" c="dimmed"><When at={row.proof.at} /></Text></span> : '–'), look: 'tight' },
      { title: '', cell: row => (
        <Group gap={6} wrap="nowrap">
          {row.status !== 'forgotten' && can('POST /restores') && can('GET /snapshots/{id}/files') && <Link to={path`/restore/${row.vault}/${row.id}`} className="button-link" aria-label={`Restore from ${row.id.slice(0, 8)}`}>Restore</Link>}
          <SnapshotActions row={row} />
          <Details label={`Snapshot ${row.id.slice(0, 8)}`} facts={[
            ['Id', <span key="i" className="mono">{row.id}</span>], ['Vault', row.vault], ['Host', row.host], ['Made on', row.node], ['Taken', moment(row.taken, true)], ['Paths', row.paths.join(', ')], ['Tags', row.tags?.join(', ')],
            ['Type', row.type], ['Delta', bytes(row.deltaBytes)], ['Used', bytes(row.usedBytes)], ['Run', row.operation ? <OperationLink key="o" id={row.operation}>Show</OperationLink> : null],
          ]} />
        </Group>
      ) },
    ]} />
  );
}
