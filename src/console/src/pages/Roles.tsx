import { Button, TextInput } from '@mantine/core';
import { useCan } from '../api/features';
import { State } from '../parts/Badge';
import { NodeLink, RoleLink } from '../parts/ConsoleLink';
import { DataTable } from '../parts/DataTable';
import { PlusIcon } from '../parts/icons';
import { PageFrame } from '../parts/PageFrame';
import { go, setQuery, usePlace } from '../parts/router';
import { useCluster } from '../parts/useCluster';

/** All roles. */
export function Roles() {
  const { data, error, isPending } = useCluster();
  const can = useCan();
  const filter = usePlace().query.get('q') ?? '';
  const rows = (data?.roles ?? []).filter(role => `${role.name} ${role.owner ?? ''} ${role.state}`.toLowerCase().includes(filter.toLowerCase()));
  return (
    <PageFrame title="Roles" actions={can('POST /apply') && <Button leftSection={<PlusIcon size={14} />} onClick={() => go('/new-role')}>New role</Button>}>
      <TextInput aria-label="Filter roles" placeholder="Filter by name, owner or state" value={filter} onChange={event => setQuery({ q: event.currentTarget.value })} maw={340} />
      <div className="panel">
        <DataTable label="Roles" rows={rows} error={error} pending={isPending} rowKey={role => role.name} empty={filter ? 'No role fits the filter.' : 'There are no roles yet.'} columns={[
          { title: 'Role', cell: role => <RoleLink name={role.name} /> },
          { title: 'State', cell: role => <><State of={role.state} />{role.maintenance && <> <State of="maintenance" plain /></>}</>, look: 'tight' },
          { title: 'Owner', cell: role => role.instances?.length ? role.instances.map(item => item.node).join(', ') : <NodeLink name={role.owner} /> },
          { title: 'Resources', cell: role => role.resources.map(resource => resource.name).join(', ') },
          { title: 'Why', cell: role => (role.state === 'online' ? role.because : role.reason) },
        ]} />
      </div>
    </PageFrame>
  );
}
