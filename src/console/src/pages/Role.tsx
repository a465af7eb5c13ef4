import { Code, List, SimpleGrid, Stack, Tabs, Text } from '@mantine/core';
import type { RoleDetail, RoleExplain, RoleSummary, Standby } from '../api/cluster';
import { path } from '../api/client';
import { useCan } from '../api/features';
import { useGet, usePaged } from '../api/hooks';
import type { PlacementRow } from '../api/management';
import { State } from '../parts/Badge';
import { NodeLink } from '../parts/ConsoleLink';
import { DataTable } from '../parts/DataTable';
import { EventTable } from '../parts/EventTable';
import { Facts } from '../parts/Facts';
import { duration, milliseconds, moment, words } from '../parts/format';
import { PageFrame } from '../parts/PageFrame';
import { Panel } from '../parts/Panel';
import { ProblemNote } from '../parts/ProblemNote';
import { Rehearse } from '../parts/Rehearse';
import { ResourceTable } from '../parts/ResourceTable';
import { RoleActions } from '../parts/RoleActions';
import { setQuery, usePlace } from '../parts/router';
import { useCluster } from '../parts/useCluster';
import { When } from '../parts/When';

/** One role: where it is and why, who stands by, its resources, who owned it. */
export function Role({ role: name }: { role: string }) {
  const can = useCan();
  const cluster = useCluster();
  const { data, error } = useGet<RoleDetail>(path`/roles/${name}`, {}, 15_000);
  const tab = usePlace().query.get('tab') ?? 'explain';
  const trail = [{ to: '/roles', text: 'Roles' }];
  // The stream's copy is the newest.
  const role = cluster.data?.roles.find(item => item.name === name) ?? data?.summary;
  if (!role) return <PageFrame title={name} trail={trail}><ProblemNote error={error} /></PageFrame>;
  return (
    <PageFrame title={name} trail={trail} badge={<State of={role.state} />} actions={<RoleActions role={role} />}>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Panel title="Where it is">
          <Facts of={[
            ['Owner', role.instances?.length ? role.instances.map(item => `${item.node}: ${item.state}`).join(', ') : <NodeLink key="o" name={role.owner} />],
            ['Because', role.because],
            ['State', <span key="s"><State of={role.state} /> {role.reason}</span>],
            ['Wanted', role.desired],
            ['Epoch', <span key="e" className="mono">{role.epoch}</span>],
            ['Maintenance', role.maintenance ? `until ${moment(role.maintenance.until)}${role.maintenance.reason ? `: ${role.maintenance.reason}` : ''}` : null],
          ]} />
        </Panel>
        <StandbyPanel role={role} />
      </SimpleGrid>
      <ResourceTable role={role} />
      <div className="panel">
        <Tabs value={tab} onChange={value => setQuery({ tab: value })} keepMounted={false}>
          <Tabs.List>
            <Tabs.Tab value="explain">Explain</Tabs.Tab>
            <Tabs.Tab value="history">History of owners</Tabs.Tab>
            {can('GET /events') && <Tabs.Tab value="events">Events</Tabs.Tab>}
            <Tabs.Tab value="declaration">Declaration</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="explain"><Explain name={name} /></Tabs.Panel>
          <Tabs.Panel value="history"><Owners name={name} detail={data} /></Tabs.Panel>
          <Tabs.Panel value="events"><EventTable query={{ role: name }} /></Tabs.Panel>
          <Tabs.Panel value="declaration" p="sm"><Code block tabIndex={0} aria-label="Declaration">{data?.declaration ?? ''}</Code></Tabs.Panel>
        </Tabs>
      </div>
    </PageFrame>
  );
}

function StandbyPanel({ role }: { role: RoleSummary }) {
  const can = useCan();
  const { data, error, isPending } = useGet<Standby[]>(can('GET /roles/{role}/standby') ? path`/roles/${role.name}/standby` : null, {}, 15_000);
  return (
    <Panel title="Who stands by" flush actions={<Rehearse role={role.name} />}>
      <DataTable label="Standby nodes" rows={data ?? []} error={error} pending={isPending} rowKey={row => row.node} empty={role.instances?.length ? 'It runs on every node that may own it.' : 'Nobody stands by: the loss of its owner takes it offline.'} columns={[
        { title: 'Node', cell: row => <NodeLink name={row.node} />, look: 'tight' },
        { title: 'Would win', cell: row => <State of={row.wouldWin ? 'yes' : 'none'} text={row.wouldWin ? 'Yes' : 'No'} />, look: 'tight' },
        { title: 'Takeover', cell: row => (row.expectedTakeoverMs ? `≈ ${milliseconds(row.expectedTakeoverMs)}` : '–'), look: 'right' },
        { title: 'Why', cell: row => row.reason },
      ]} />
    </Panel>
  );
}

function Explain({ name }: { name: string }) {
  const { data, error } = useGet<RoleExplain>(path`/roles/${name}/explain`, {}, 15_000);
  if (!data) return <div className="inside"><ProblemNote error={error} /></div>;
  return (
    <Stack gap="sm" p="sm">
      <Text size="sm" fw={550}>{data.why}</Text>
      {data.evidence.length > 0 && <div><Text size="sm" c="dimmed">Evidence</Text><List size="sm">{data.evidence.map(line => <List.Item key={line}>{line}</List.Item>)}</List></div>}
      {data.whatWouldChangeIt.length > 0 && <div><Text size="sm" c="dimmed">What would change it</Text><List size="sm">{data.whatWouldChangeIt.map(line => <List.Item key={line}>{line}</List.Item>)}</List></div>}
      <div className="panel">
        <DataTable label="Candidates" rows={data.candidates} rowKey={row => row.node} columns={[
          { title: 'Rank', cell: row => row.rank, look: 'tight' },
          { title: 'Node', cell: row => <NodeLink name={row.node} />, look: 'tight' },
          { title: 'Can own it', cell: row => <State of={row.eligible ? 'yes' : 'none'} text={row.eligible ? 'Yes' : 'No'} />, look: 'tight' },
          { title: 'Why', cell: row => row.reason },
        ]} />
      </div>
    </Stack>
  );
}

/** The service's own history where it has one; the last ten decisions of the cluster otherwise. */
function Owners({ name, detail }: { name: string; detail: RoleDetail | undefined }) {
  const can = useCan();
  const kept = usePaged<PlacementRow>(can('GET /history/placements') ? '/history/placements' : null, row => `${row.from} ${row.node}`, { role: name }, 50);
  return (
    <>
      {kept.items.length > 0 && <DataTable label="Owners" rows={kept.items} more={kept.more} loadingMore={kept.loadingMore} rowKey={row => `${row.from} ${row.node}`} columns={[
        { title: 'Node', cell: row => <NodeLink name={row.node} />, look: 'tight' },
        { title: 'From', cell: row => <When at={row.from} absolute />, look: 'tight' },
        { title: 'To', cell: row => (row.to ? <When at={row.to} absolute /> : 'now'), look: 'tight' },
        { title: 'Outage', cell: row => duration(row.outageSeconds), look: 'right' },
        { title: 'Because', cell: row => row.because ?? '' },
      ]} />}
      {kept.items.length > 0 && <Text size="sm" fw={600} px={14} pt={14}>Last decisions</Text>}
      <DataTable label="Decisions" rows={detail?.history ?? []} rowKey={row => `${row.epoch} ${row.phase} ${row.at}`} empty="No decision yet." columns={[
        { title: 'At', cell: row => <When at={row.at} absolute />, look: 'tight' },
        { title: 'Owner', cell: row => <NodeLink name={row.owner} />, look: 'tight' },
        { title: 'What', cell: row => words(row.kind), look: 'tight' },
        { title: 'Epoch', cell: row => <span className="mono">{row.epoch}</span>, look: 'tight' },
        { title: 'Because', cell: row => row.because.sentence },
      ]} />
    </>
  );
}
