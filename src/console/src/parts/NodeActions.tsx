import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { NodeStatus, WhatIfAnswer } from '../api/cluster';
import { useCan } from '../api/features';
import { useGet } from '../api/hooks';
import { path } from '../api/client';
import { Act } from './Act';
import { Outlooks } from './Outlooks';
import { RebootDialog } from './RebootDialog';

const touches = ['/cluster', '/nodes', '/roles', '/overview'];

/** What can be done with a node. In a list, only what is asked for most. */
export function NodeActions({ node, compact }: { node: NodeStatus; compact?: boolean }) {
  const can = useCan();
  const [asking, setAsking] = useState(false);
  const size = compact ? 'compact-xs' : 'xs';
  return (
    <Group gap={6} wrap={compact ? 'nowrap' : 'wrap'}>
      {can('GET /nodes/{node}/reboot') && <Button size={size} variant="default" onClick={() => setAsking(true)} aria-label={`Can I reboot ${node.name}?`}>Can I reboot?</Button>}
      {node.intent === 'active' && (
        <Act size={size} needs="POST /nodes/{node}/drain" label={`Drain ${node.name}`} change={{ method: 'POST', path: path`/nodes/${node.name}/drain` }} touches={touches}
          confirm={{ title: `Drain ${node.name}?`, verb: 'Drain', children: <DrainEffects node={node.name} /> }}>Drain</Act>
      )}
      {!compact && node.intent === 'active' && <Act needs="POST /nodes/{node}/pause" change={{ method: 'POST', path: path`/nodes/${node.name}/pause` }} touches={touches}>Pause</Act>}
      {(node.intent !== 'active' || node.quarantine) && <Act size={size} needs="POST /nodes/{node}/resume" label={`Resume ${node.name}`} change={{ method: 'POST', path: path`/nodes/${node.name}/resume` }} touches={touches}>Resume</Act>}
      {!compact && node.state === 'down' && (
        <Act needs="POST /nodes/{node}/confirm-down" color="red.8" change={{ method: 'POST', path: path`/nodes/${node.name}/confirm-down` }} touches={touches}
          confirm={{ title: `Confirm that ${node.name} is off`, verb: 'It is off', typed: node.name, children: <Text size="sm">Its roles may start elsewhere. When it still runs and writes to a shared disk, data is damaged: look at the machine first.</Text> }}>Confirm down</Act>
      )}
      {!compact && (
        <Act needs="POST /nodes/{node}/evict" color="red.8" change={{ method: 'POST', path: path`/nodes/${node.name}/evict` }} touches={touches}
          confirm={{ title: `Evict ${node.name}`, verb: 'Evict', typed: node.name, children: <><Text size="sm">It is no longer part of the cluster; to come back it has to join again.</Text><DrainEffects node={node.name} /></> }}>Evict</Act>
      )}
      {asking && <RebootDialog node={node.name} onClose={() => setAsking(false)} />}
    </Group>
  );
}

function DrainEffects({ node }: { node: string }) {
  const can = useCan();
  const { data } = useGet<WhatIfAnswer>(can('GET /what-if') ? '/what-if' : null, { down: node });
  if (!data) return <Text size="sm">All roles move off {node}.</Text>;
  return (
    <Stack gap={6}>
      <Text size="sm">All roles leave {node}:</Text>
      <Outlooks of={data.roles.filter(role => role.from === node)} label={`Roles that leave ${node}`} />
    </Stack>
  );
}
