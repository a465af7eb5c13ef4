import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import type { ResourceSummary, RoleSummary } from '../api/cluster';
import { path } from '../api/client';
import { useCan } from '../api/features';
import { Act } from './Act';
import { AddResource } from './AddResource';
import { State } from './Badge';
import { DataTable } from './DataTable';
import { Panel } from './Panel';

const touches = ['/cluster', '/roles'];

/** A role's resources with what can be done to each. */
export function ResourceTable({ role }: { role: RoleSummary }) {
  const can = useCan();
  const [adding, setAdding] = useState(false);
  const change = (resource: ResourceSummary, verb: string) => ({ method: 'POST' as const, path: path`/roles/${role.name}/resources/${resource.name}/` + verb });
  // A job is a role that the cluster wrote; and who takes the service offline here has nothing left to bring it back with.
  const fixed = role.resources.some(resource => resource.type === 'job');
  return (
    <Panel title="Resources" flush actions={!fixed && can('POST /roles/{role}/resources') && <Button variant="default" onClick={() => setAdding(true)}>Add resource…</Button>}>
      <DataTable label="Resources" rows={role.resources} rowKey={row => row.name} empty="It has no resources yet." columns={[
        { title: 'Resource', cell: row => row.name },
        { title: 'Type', cell: row => row.type, look: 'tight' },
        { title: 'State', cell: row => <State of={row.state} />, look: 'tight' },
        { title: 'Reason', cell: row => row.reason },
        { title: '', when: !fixed, cell: row => row.type !== 'management' && (
          <Group gap={6} wrap="nowrap">
            {row.state === 'offline' && <Act size="compact-xs" needs="POST /roles/{role}/resources/{resource}/online" label={`Bring ${row.name} online`} change={change(row, 'online')} touches={touches}>Online</Act>}
            {row.state !== 'offline' && <Act size="compact-xs" needs="POST /roles/{role}/resources/{resource}/offline" label={`Take ${row.name} offline`} change={change(row, 'offline')} touches={touches}
              confirm={{ title: `Take ${row.name} offline?`, verb: 'Take offline', danger: true, children: <Text size="sm">What depends on it goes offline with it, and stays so until it is wanted online again.</Text> }}>Offline</Act>}
            {row.state !== 'offline' && <Act size="compact-xs" needs="POST /roles/{role}/resources/{resource}/restart" label={`Restart ${row.name}`} change={change(row, 'restart')} touches={touches}
              confirm={{ title: `Restart ${row.name}?`, verb: 'Restart', children: <Text size="sm">It stops and starts on the same node, with what depends on it.</Text> }}>Restart</Act>}
          </Group>
        ) },
      ]} />
      {adding && <AddResource role={role} onClose={() => setAdding(false)} />}
    </Panel>
  );
}
