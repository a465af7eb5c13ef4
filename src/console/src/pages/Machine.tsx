import { Stack, Text } from '@mantine/core';
import { path } from '../api/client';
import { useCan } from '../api/features';
import { useGet } from '../api/hooks';
import type { MachineDetail, SharedVolumeRow, VolumeDisk, VolumeRow } from '../api/management';
import { State } from '../parts/Badge';
import { NodeLink } from '../parts/ConsoleLink';
import { DataTable } from '../parts/DataTable';
import { Details } from '../parts/Details';
import { bytes, moment } from '../parts/format';
import { PageFrame } from '../parts/PageFrame';
import { Panel } from '../parts/Panel';
import { ProblemNote } from '../parts/ProblemNote';
import { SnapshotTable } from '../parts/SnapshotTable';
import { When } from '../parts/When';

/** One machine: its volumes, the shared volumes it sees, its snapshots. */
export function Machine({ machine: name }: { machine: string }) {
  const can = useCan();
  const { data, error } = useGet<MachineDetail>(path`/machines/${name}`);
  const trail = [{ to: '/machines', text: 'Machines' }];
  if (!data) return <PageFrame title={name} trail={trail}><ProblemNote error={error} /></PageFrame>;
  const lead = [data.kind, data.address, data.version, data.inventoryAt ? `inventory of ${moment(data.inventoryAt)}` : null].filter(Boolean).join(' · ');
  return (
    <PageFrame title={name} trail={trail} badge={<State of={data.state} />} lead={lead}>
      {data.problem && <Text size="sm" c="var(--bad)">{data.problem}</Text>}
      <Panel title="Volumes" flush><Volumes of={data.volumes ?? []} /></Panel>
      <Panel title="Shared volumes" flush><SharedVolumes of={data.sharedVolumes ?? []} /></Panel>
      {can('GET /snapshots') && <Panel title="Snapshots" flush><SnapshotTable query={{ node: name }} /></Panel>}
    </PageFrame>
  );
}

const yes = (value: boolean) => (value ? 'Yes' : 'No');
const disk = (of: VolumeDisk) => `${of.name}${of.id ? ` (${of.id})` : ''}, offset ${bytes(of.offsetBytes)}${of.partition ? `, partition ${of.partition}` : ''}`;

function Volumes({ of }: { of: VolumeRow[] }) {
  return (
    <DataTable label="Volumes" rows={of} rowKey={row => row.device} empty="No volumes are known." columns={[
      { title: 'Mounted on', cell: row => row.mounts.map(mount => `${mount.path}${mount.readOnly ? ' (read only)' : ''}`).join(', ') || 'not mounted' },
      { title: 'Label', cell: row => row.label ?? '–' },
      { title: 'File system', cell: row => row.fileSystem, look: 'tight' },
      { title: 'Used', cell: row => <Usage used={row.usedBytes} total={row.totalBytes} />, look: 'tight' },
      { title: 'Free', cell: row => bytes(row.freeBytes), look: 'right' },
      { title: 'Protected', cell: row => <State of={row.protected ? 'protected' : 'none'} text={yes(row.protected)} />, look: 'tight' },
      { title: '', cell: row => (
        <Details label={`All of ${row.device}`} facts={[
          ['Device', row.device], ['GUID', row.guid], ['Partition GUID', row.partitionGuid], ['Bootable', yes(row.bootable)], ['Encrypted', yes(row.encrypted)], ['Protected', yes(row.protected)],
          ['Compressed', yes(row.compressed)], ['Total', bytes(row.totalBytes)], ['Used', bytes(row.usedBytes)], ['Free', bytes(row.freeBytes)], ['Disks', row.disks.map(disk).join('; ')],
          ['Shared volume', row.sharedVolumeId ?? 'no'], ['Mounts', row.mounts.map(mount => `${mount.path} (from ${mount.root})`).join('; ')],
        ]} />
      ) },
    ]} />
  );
}

function SharedVolumes({ of }: { of: SharedVolumeRow[] }) {
  return (
    <Stack gap={0}>
      <DataTable label="Shared volumes" rows={of} rowKey={row => row.facts.id} empty="It sees no shared volumes." columns={[
        { title: 'Volume', cell: row => row.facts.name },
        { title: 'Status', cell: row => <State of={row.facts.status} />, look: 'tight' },
        { title: 'Attached to', cell: row => <NodeLink name={row.facts.owner} />, look: 'tight' },
        { title: 'Backup', cell: row => (row.facts.backupState ? <State of={row.facts.backupState} /> : '–'), look: 'tight' },
        { title: 'Last backup here', cell: row => <When at={row.facts.lastBackupHere} />, look: 'tight' },
        { title: 'Last backup by anybody', cell: row => <When at={row.facts.lastBackup} />, look: 'tight' },
        { title: 'Fault', cell: row => row.facts.fault ?? 'none' },
        { title: '', cell: row => (
          <Details label={`All of ${row.facts.name}`} facts={[
            ['Cluster', row.facts.cluster], ['Volume id', row.facts.id], ['File system GUID', row.facts.fileSystemGuid], ['Device', row.device], ['Disk name', row.disk?.name], ['Disk id', row.disk?.id],
            ['Offset in disk', row.disk ? bytes(row.disk.offsetBytes) : null], ['Partition', row.disk?.partition], ['Backed up here', row.backedUpHere === undefined ? null : yes(row.backedUpHere)],
            ['Last online', moment(row.facts.lastOnline)], ['Last attached', moment(row.facts.lastAttached)], ['Fault', row.facts.fault ?? 'none'], ['Backup state', row.facts.backupState],
          ]} />
        ) },
      ]} />
    </Stack>
  );
}

function Usage({ used, total }: { used: number | null | undefined; total: number }) {
  if (used === null || used === undefined || total === 0) return <span>{bytes(total)}</span>;
  const share = Math.round((100 * used) / total);
  return <span className="num" style={share >= 95 ? { color: 'var(--bad)' } : undefined}>{bytes(used)} of {bytes(total)} ({share} %)</span>;
}
