import { Group, List, Text } from '@mantine/core';
import type { ClusterStatus, NodeStatus, RoleSummary } from '../api/cluster';
import { useCan } from '../api/features';
import { State } from '../parts/Badge';
import { NodeLink } from '../parts/ConsoleLink';
import { count } from '../parts/format';
import { PageFrame } from '../parts/PageFrame';
import { Panel } from '../parts/Panel';
import { ProblemNote } from '../parts/ProblemNote';
import { Link } from '../parts/router';
import { toneOf } from '../parts/tone';
import { useCluster } from '../parts/useCluster';
import { WhatIf } from '../parts/WhatIf';
import { Doctor } from '../parts/Doctor';

/** Who owns what, as it is now. */
export function Cluster() {
  const { data, error } = useCluster();
  const can = useCan();
  if (!data) return <PageFrame title="Cluster"><ProblemNote error={error} /></PageFrame>;
  const nowhere = data.roles.filter(role => !role.owner && !role.instances?.length);
  return (
    <PageFrame title="Cluster" badge={<State of={data.store} text={data.store === 'ok' ? 'Store ok' : `Store: ${data.store}`} />} lead={`${count(data.nodes.length, 'node')}, ${count(data.roles.length, 'role')}; timing ${data.profile}; answered by ${data.answeredBy}.`}>
      {data.warnings.length > 0 && (
        <div className="note tone-warn" role="note" aria-label="Warnings"><List size="sm">{data.warnings.map(warning => <List.Item key={warning}>{warning}</List.Item>)}</List></div>
      )}
      <div className="map">{data.nodes.map(node => <NodeCard key={node.name} node={node} roles={rolesOn(data, node.name)} />)}</div>
      {nowhere.length > 0 && (
        <Panel title="Nowhere"><div className="map">{nowhere.map(role => <RoleTile key={role.name} role={role} />)}</div></Panel>
      )}
      {can('GET /what-if') && <WhatIf nodes={data.nodes.map(node => node.name)} />}
      {can('GET /doctor') && <Doctor />}
    </PageFrame>
  );
}

const rolesOn = (cluster: ClusterStatus, node: string): RoleSummary[] =>
  cluster.roles.flatMap(role => {
    if (role.owner === node) return [role];
    const instance = role.instances?.find(item => item.node === node);
    return instance ? [{ ...role, state: instance.state, reason: instance.reason }] : [];
  });

function NodeCard({ node, roles }: { node: NodeStatus; roles: RoleSummary[] }) {
  const marks = [node.kind === 'member' ? null : node.kind, node.voter ? null : 'no vote', node.storeLeader ? 'store leader' : null, node.intent === 'active' ? null : node.intent, node.quarantine ? 'quarantine' : null].filter(Boolean);
  return (
    <section className={`node tone-${node.state === 'up' && node.intent !== 'active' ? 'warn' : toneOf(node.state)}`} aria-label={`Node ${node.name}`}>
      <header>
        <div>
          <Text fw={600}><NodeLink name={node.name} /></Text>
          <Text size="xs" c="dimmed">{[node.address, ...marks].join(' · ')}</Text>
        </div>
        <State of={node.state} />
      </header>
      {node.problems && node.problems.length > 0 && <Text size="xs" c="var(--bad)" px={12} pb={6}>{node.problems.join('; ')}</Text>}
      <ul>{roles.map(role => <li key={role.name}><RoleTile role={role} /></li>)}</ul>
      {roles.length === 0 && <Text size="xs" c="dimmed" px={12} pb={10}>no roles</Text>}
    </section>
  );
}

function RoleTile({ role }: { role: RoleSummary }) {
  return (
    <Link to={`/roles/${encodeURIComponent(role.name)}`} className={`tile tone-${toneOf(role.state)}`} title={role.reason}>
      <span style={{ overflowWrap: 'anywhere' }}>{role.name}</span>
      <Group gap={4} wrap="nowrap">{role.maintenance && <State of="maintenance" plain />}{role.state !== 'online' && <State of={role.state} plain />}</Group>
    </Link>
  );
}
