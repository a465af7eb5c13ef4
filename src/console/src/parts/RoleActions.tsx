import { Button, Text } from '@mantine/core';
import { useState } from 'react';
import type { RoleSummary, WhatIfAnswer } from '../api/cluster';
import { path } from '../api/client';
import { useCan } from '../api/features';
import { useGet } from '../api/hooks';
import { Act } from './Act';
import { MaintenanceDialog } from './MaintenanceDialog';
import { MoveDialog } from './MoveDialog';
import { Outlooks } from './Outlooks';
import { go } from './router';

const touches = ['/cluster', '/roles', '/overview'];

/** What can be done with a role now. */
export function RoleActions({ role }: { role: RoleSummary }) {
  const can = useCan();
  const [dialog, setDialog] = useState<'move' | 'maintenance' | null>(null);
  const single = !role.instances?.length;
  return (
    <>
      {single && role.owner && can('POST /roles/{role}/move') && <Button onClick={() => setDialog('move')}>Move…</Button>}
      {(role.desired === 'offline' || role.phase === 'failed') && <Act needs="POST /roles/{role}/start" change={{ method: 'POST', path: path`/roles/${role.name}/start` }} touches={touches}>Start</Act>}
      {role.desired === 'online' && role.name !== 'management' && (
        <Act needs="POST /roles/{role}/stop" change={{ method: 'POST', path: path`/roles/${role.name}/stop` }} touches={touches}
          confirm={{ title: `Stop ${role.name}?`, verb: 'Stop', danger: true, children: <Text size="sm">Its resources go offline and stay so, on every node, until somebody starts it.</Text> }}>Stop</Act>
      )}
      {single && <FailbackActions role={role} />}
      {role.maintenance
        ? <Act needs="DELETE /roles/{role}/maintenance" change={{ method: 'DELETE', path: path`/roles/${role.name}/maintenance` }} touches={touches}>End maintenance</Act>
        : can('POST /roles/{role}/maintenance') && <Button variant="default" onClick={() => setDialog('maintenance')}>Maintenance…</Button>}
      {can('POST /apply') && <Button variant="default" onClick={() => go(path`/roles/${role.name}/edit`)}>Edit</Button>}
      {role.name !== 'management' && (
        <Act needs="DELETE /roles/{role}" color="red.8" change={{ method: 'DELETE', path: path`/roles/${role.name}` }} touches={touches} then={() => go('/roles')}
          confirm={{ title: `Delete ${role.name}`, verb: 'Delete', typed: role.name, children: <Text size="sm">The role is taken offline and its declaration is removed. Data on its disks stays.</Text> }}>Delete</Act>
      )}
      {dialog === 'move' && <MoveDialog role={role} onClose={() => setDialog(null)} />}
      {dialog === 'maintenance' && <MaintenanceDialog role={role.name} onClose={() => setDialog(null)} />}
    </>
  );
}

function FailbackActions({ role }: { role: RoleSummary }) {
  if (!/fail ?back|preferred/i.test(role.reason) || !/\?|ask|waits/i.test(role.reason)) return null;
  return (
    <>
      <Act needs="POST /roles/{role}/failback" change={{ method: 'POST', path: path`/roles/${role.name}/failback` }} touches={touches}>Fail back</Act>
      <Act needs="POST /roles/{role}/stay" change={{ method: 'POST', path: path`/roles/${role.name}/stay` }} touches={touches}>Stay</Act>
    </>
  );
}

/** What the loss of the owner would do to the others: shown beside a move, which takes the same way. */
export function LossEffects({ node, role }: { node: string; role: string }) {
  const can = useCan();
  const { data } = useGet<WhatIfAnswer>(can('GET /what-if') ? '/what-if' : null, { down: node });
  return data ? <Outlooks of={data.roles.filter(item => item.role === role)} label={`If ${node} were lost`} /> : null;
}
