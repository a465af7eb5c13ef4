import { Group } from '@mantine/core';
import type { NodeStatus } from '../api/cluster';
import { State } from '../parts/Badge';
import { NodeLink } from '../parts/ConsoleLink';
import { DataTable } from '../parts/DataTable';
import { milliseconds } from '../parts/format';
import { NodeActions } from '../parts/NodeActions';
import { PageFrame } from '../parts/PageFrame';
import { useCluster } from '../parts/useCluster';

/** All nodes, and what can be done with them. */
export function Nodes() {
  const { data, error, isPending } = useCluster();
  return (
    <PageFrame title="Nodes">
      <div className="panel">
        <DataTable<NodeStatus> label="Nodes" rows={data?.nodes ?? []} error={error} pending={isPending} rowKey={node => node.name} columns={[
          { title: 'Node', cell: node => <NodeLink name={node.name} />, look: 'tight' },
          { title: 'State', cell: node => <Group gap={4}><State of={node.state} />{node.intent !== 'active' && <State of={node.intent} plain />}{node.quarantine && <State of="quarantine" plain />}</Group> },
          { title: 'Description', cell: node => node.description },
          { title: 'Kind', cell: node => [node.kind, node.voter ? 'votes' : null, node.storeLeader ? 'store leader' : null].filter(Boolean).join(', ') },
          { title: 'Address', cell: node => <span className="mono">{node.address}</span> },
          { title: 'Roles', cell: node => node.roles.join(', ') },
          { title: 'Lease age', cell: node => milliseconds(node.leaseAgeMs), look: 'right' },
          { title: '', cell: node => <NodeActions node={node} compact /> },
        ]} />
      </div>
    </PageFrame>
  );
}
