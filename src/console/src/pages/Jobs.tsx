import { Group, Tabs, Text } from '@mantine/core';
import { path } from '../api/client';
import { useCan } from '../api/features';
import { useGet } from '../api/hooks';
import type { JobInfo } from '../api/jobs';
import { Act } from '../parts/Act';
import { State } from '../parts/Badge';
import { JobLink, NodeLink } from '../parts/ConsoleLink';
import { DataTable } from '../parts/DataTable';
import { Filters, useFilters } from '../parts/Filters';
import { OperationTable } from '../parts/OperationTable';
import { PageFrame } from '../parts/PageFrame';
import { JobProgress } from '../parts/JobProgress';
import { setQuery, usePlace } from '../parts/router';
import { When } from '../parts/When';

const filters = [
  { name: 'job', label: 'Job' },
  { name: 'state', label: 'State', choices: ['running', 'completed', 'failed', 'missed', 'skipped', 'paused', 'waiting', 'resuming'] },
  { name: 'node', label: 'Node' },
  { name: 'kind', label: 'Kind', choices: ['backup', 'prune', 'check', 'proof', 'command', 'restore'] },
];

/** What is asked of workers, and what came of it. */
export function Jobs() {
  const can = useCan();
  const runs = can('GET /operations');
  const tab = usePlace().query.get('tab') ?? 'jobs';
  if (!runs) return <PageFrame title="Jobs"><div className="panel"><JobTable /></div></PageFrame>;
  return (
    <PageFrame title="Jobs">
      <Tabs value={tab} onChange={value => setQuery({ tab: value })} keepMounted={false}>
        <Tabs.List mb="sm"><Tabs.Tab value="jobs">Jobs</Tabs.Tab><Tabs.Tab value="runs">Runs</Tabs.Tab></Tabs.List>
        <Tabs.Panel value="jobs"><div className="panel"><JobTable /></div></Tabs.Panel>
        <Tabs.Panel value="runs"><Runs /></Tabs.Panel>
      </Tabs>
    </PageFrame>
  );
}

function Runs() {
  const query = useFilters(filters);
  return <><Group mb="sm"><Filters of={filters} /></Group><div className="panel"><OperationTable query={query} /></div></>;
}

function JobTable() {
  const { data, error, isPending } = useGet<JobInfo[]>('/jobs', {}, 10_000);
  const touches = ['/jobs', '/operations', '/overview'];
  return (
    <DataTable<JobInfo> label="Jobs" rows={Array.isArray(data) ? data : []} error={error} pending={isPending} rowKey={row => row.name} empty="There are no jobs. A policy makes them, or a declaration with kind: Job." columns={[
      { title: 'Job', cell: row => <><JobLink name={row.name} /><Text size="xs" c="dimmed">{row.kind}</Text></> },
      { title: 'State', cell: row => <State of={row.state} />, look: 'tight' },
      { title: 'Now', look: 'wide', cell: row => <>{row.reason}{row.state === 'running' && <JobProgress job={row.name} />}</> },
      { title: 'Schedule', cell: row => <span className="mono">{row.schedule}</span>, look: 'tight' },
      { title: 'Next', cell: row => <When at={row.next} />, look: 'tight' },
      { title: 'Last', cell: row => (row.last ? <span title={row.last.reason}><State of={row.last.state} /> <When at={row.last.ended ?? row.last.due} /></span> : '–') },
      { title: 'Node', cell: row => <NodeLink name={row.owner} />, look: 'tight' },
      { title: '', cell: row => (
        <Group gap={6} wrap="nowrap">
          {row.state !== 'running' && row.state !== 'resuming' && <Act size="compact-xs" needs="POST /jobs/{job}/run" label={`Run now: ${row.name}`} change={{ method: 'POST', path: path`/jobs/${row.name}/run` }} touches={touches}>Run now</Act>}
          {row.state === 'running' && <Act size="compact-xs" needs="POST /jobs/{job}/cancel" label={`Cancel the run of ${row.name}`} change={{ method: 'POST', path: path`/jobs/${row.name}/cancel` }} touches={touches}
            confirm={{ title: `Cancel the run of ${row.name}?`, verb: 'Cancel the run', danger: true }}>Cancel</Act>}
        </Group>
      ) },
    ]} />
  );
}
