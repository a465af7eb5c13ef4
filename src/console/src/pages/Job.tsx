import { Code, SimpleGrid, Text } from '@mantine/core';
import { path } from '../api/client';
import { useCan } from '../api/features';
import { useGet } from '../api/hooks';
import type { JobDetail, RunInfo } from '../api/jobs';
import { Act } from '../parts/Act';
import { State } from '../parts/Badge';
import { NodeLink } from '../parts/ConsoleLink';
import { DataTable } from '../parts/DataTable';
import { Details } from '../parts/Details';
import { Facts } from '../parts/Facts';
import { duration, figure, moment, words } from '../parts/format';
import { tookSeconds } from '../parts/OperationTable';
import { PageFrame } from '../parts/PageFrame';
import { Panel } from '../parts/Panel';
import { ProblemNote } from '../parts/ProblemNote';
import { ProgressBar } from '../parts/ProgressBar';
import { Calendar } from '../parts/Calendar';
import { When } from '../parts/When';

/** One job: what it does now, its ledger, its calendar. */
export function Job({ job: name }: { job: string }) {
  const can = useCan();
  const { data, error } = useGet<JobDetail>(path`/jobs/${name}`, {}, 2_000);
  const trail = [{ to: '/jobs', text: 'Jobs' }];
  if (!data) return <PageFrame title={name} trail={trail}><ProblemNote error={error} /></PageFrame>;
  const { job } = data;
  return (
    <PageFrame title={name} trail={trail} badge={<State of={job.state} />} actions={<Actions of={data} />}>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Panel title="Now">
          <Facts of={[
            ['Kind', job.kind], ['State', <span key="s"><State of={job.state} /> {job.reason}</span>], ['Node', <NodeLink key="n" name={job.owner} />], ['Schedule', <span key="c" className="mono">{job.schedule}</span>],
            ['Next', <When key="x" at={job.next} />], ['Last', job.last ? <span key="l"><State of={job.last.state} /> {job.last.reason}</span> : null],
          ]} />
          {data.progress && job.present && <div style={{ marginTop: 12 }}><ProgressBar of={data.progress} label={`Progress of ${name}`} /></div>}
        </Panel>
        <Panel title="Declaration"><Code block tabIndex={0} aria-label="Declaration">{data.declaration}</Code></Panel>
      </SimpleGrid>
      {can('GET /jobs/{job}/calendar') && <Calendar job={name} />}
      <Panel title="Ledger" flush>
        <DataTable<RunInfo> label="Ledger" rows={data.runs} rowKey={row => row.id} empty="It has not run yet." columns={[
          { title: 'Due', cell: row => moment(row.due), look: 'tight' },
          { title: 'State', cell: row => <State of={row.state} />, look: 'tight' },
          { title: 'Node', cell: row => <NodeLink name={row.node} />, look: 'tight' },
          { title: 'Took', cell: row => duration(tookSeconds(row)), look: 'right' },
          { title: 'Attempts', cell: row => `${row.attempts}${row.resumed ? `, resumed ${row.resumed}` : ''}${row.retried ? `, retried ${row.retried}` : ''}`, look: 'right' },
          { title: 'What came of it', cell: row => row.reason },
          { title: '', cell: row => <Details label={`Run of ${moment(row.due)}`} facts={runFacts(row)} /> },
        ]} />
      </Panel>
    </PageFrame>
  );
}

export const runFacts = (run: RunInfo): [string, React.ReactNode][] => [
  ['Due', moment(run.due, true)], ['Started', moment(run.started, true)], ['Ended', moment(run.ended, true)], ['Snapshot', run.snapshot ? <span key="s" className="mono">{run.snapshot}</span> : null],
  ...Object.entries(run.figures ?? {}).map(([key, value]): [string, React.ReactNode] => [words(key), figure(key, value)]),
];

function Actions({ of }: { of: JobDetail }) {
  const { job } = of;
  const touches = ['/jobs', '/operations', '/overview', '/schedulers'];
  const active = job.state === 'running' || job.state === 'resuming';
  return (
    <>
      {!active && <Act variant="filled" needs="POST /jobs/{job}/run" change={{ method: 'POST', path: path`/jobs/${job.name}/run` }} touches={touches}>Run now</Act>}
      {active && <Act needs="POST /jobs/{job}/cancel" change={{ method: 'POST', path: path`/jobs/${job.name}/cancel` }} touches={touches}
        confirm={{ title: `Cancel the run of ${job.name}?`, verb: 'Cancel the run', danger: true, children: <Text size="sm">The run ends as failed; what it wrote to the vault stays until a prune.</Text> }}>Cancel the run</Act>}
      {job.state === 'paused'
        ? <Act needs="POST /jobs/{job}/resume" change={{ method: 'POST', path: path`/jobs/${job.name}/resume` }} touches={touches}>Resume</Act>
        : <Act needs="POST /jobs/{job}/pause" change={{ method: 'POST', path: path`/jobs/${job.name}/pause`, body: { reason: null } }} touches={touches}>Pause</Act>}
    </>
  );
}
