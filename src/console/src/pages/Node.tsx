import { SimpleGrid, Text } from '@mantine/core';
import type { UpgradeStatus } from '../api/cluster';
import { path } from '../api/client';
import { useCan } from '../api/features';
import { useGet } from '../api/hooks';
import { Act } from '../parts/Act';
import { State } from '../parts/Badge';
import { RoleLink } from '../parts/ConsoleLink';
import { EventTable } from '../parts/EventTable';
import { Facts } from '../parts/Facts';
import { milliseconds, moment } from '../parts/format';
import { NodeActions } from '../parts/NodeActions';
import { NodeConnection } from '../parts/NodeConnection';
import { NodeSettings } from '../parts/NodeSettings';
import { PageFrame } from '../parts/PageFrame';
import { Panel } from '../parts/Panel';
import { ProblemNote } from '../parts/ProblemNote';
import { Link } from '../parts/router';
import { useCluster } from '../parts/useCluster';

/** One node: what it is, what it runs, its agent. */
export function Node({ node: name }: { node: string }) {
  const { data, error } = useCluster();
  const can = useCan();
  const upgrade = useGet<UpgradeStatus>(can('GET /upgrade') ? '/upgrade' : null);
  const node = data?.nodes.find(item => item.name === name);
  const trail = [{ to: '/nodes', text: 'Nodes' }];
  if (!node) return <PageFrame title={name} trail={trail}><ProblemNote error={error} />{data && <Text>There is no node {name}.</Text>}</PageFrame>;
  const build = upgrade.data?.nodes.find(item => item.node === name);
  return (
    <PageFrame title={name} trail={trail} badge={<State of={node.state} />} actions={<NodeActions node={node} />}>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Panel title="Node">
          <Facts of={[
            ['Description', node.description],
            ['Address', <span key="a" className="mono">{node.address}</span>],
            ['Kind', node.kind],
            ['Vote', node.voter ? 'votes' : 'has no vote'],
            ['Store', node.storeLeader ? 'leads the store' : null],
            ['Intent', node.intent],
            ['Incarnation', node.incarnation],
            ['Lease age', milliseconds(node.leaseAgeMs)],
            ['Quarantine', node.quarantine ? `until ${moment(node.quarantine.until)}: it ${node.quarantine.reason}` : null],
            ['Problems', node.problems?.join('; ')],
            ['Roles', node.roles.length ? <span key="r">{node.roles.map((role, i) => <span key={role}>{i > 0 && ', '}<RoleLink name={role} /></span>)}</span> : null],
            ...(can('GET /machines/{name}') ? [['Machine', <Link key="m" to={`/machines/${encodeURIComponent(name)}`}>Volumes and snapshots</Link>] as [string, React.ReactNode]] : []),
          ]} />
        </Panel>
        <Panel title="Agent" actions={<Act needs="POST /nodes/{node}/renew-certificate" change={{ method: 'POST', path: path`/nodes/${name}/renew-certificate` }} touches={['/upgrade']}>Renew certificate</Act>}>
          <Facts of={[
            ['Agent runs', build?.agent],
            ['Leash runs', build?.leash],
            ['Installed', build?.installed],
            ['Record format', build?.format],
          ]} />
          {can('POST /nodes/{node}/test') && <NodeConnection node={name} />}
        </Panel>
      </SimpleGrid>
      {can('GET /nodes/{node}/settings') && <NodeSettings node={name} />}
      {can('GET /events') && <Panel title="Events" flush><EventTable query={{ node: name }} /></Panel>}
    </PageFrame>
  );
}
