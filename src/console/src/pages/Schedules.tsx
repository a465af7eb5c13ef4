import { Group, Select, Text } from '@mantine/core';
import { path } from '../api/client';
import { useCan } from '../api/features';
import { useList } from '../api/hooks';
import type { Scheduler } from '../api/jobs';
import { Act } from '../parts/Act';
import { State } from '../parts/Badge';
import { Calendar } from '../parts/Calendar';
import { JobLink, NodeLink } from '../parts/ConsoleLink';
import { DataTable } from '../parts/DataTable';
import { PageFrame } from '../parts/PageFrame';
import { setQuery, usePlace } from '../parts/router';

/** The schedulers of the nodes, with their jobs; and what is due when. */
export function Schedules() {
  const can = useCan();
  const schedulers = useList<Scheduler>('/schedulers');
  const jobs = [...new Set(schedulers.items.flatMap(item => item.jobs.map(job => job.name)))].sort();
  const chosen = usePlace().query.get('job') ?? jobs[0] ?? null;
  const stopped = (row: Scheduler) => row.state === 'stopped';
  return (
    <PageFrame title="Schedules" lead="Each node has a scheduler that starts its share of the jobs; the jobs of one that is lost go to the others.">
      <div className="panel">
        <DataTable<Scheduler> label="Schedulers" rows={schedulers.items} error={schedulers.error} pending={schedulers.pending} rowKey={row => row.node ?? ''} empty="There are no schedulers." columns={[
          { title: 'Node', cell: row => (row.node ? <NodeLink name={row.node} /> : 'no node'), look: 'tight' },
          { title: 'Scheduler', cell: row => <State of={row.state} tone={row.state === 'running' ? 'ok' : 'warn'} /> },
          { title: 'Jobs', cell: row => row.jobs.map((job, i) => <span key={job.name}>{i > 0 && ', '}<JobLink name={job.name} /></span>) },
          { title: 'Why', cell: row => row.reason ?? '' },
          { title: '', cell: row => row.node && (
            <Group gap={6} wrap="nowrap">
              {stopped(row)
                ? <Act size="compact-xs" needs="POST /schedulers/{node}/start" label={`Start the scheduler of ${row.node}`} change={{ method: 'POST', path: path`/schedulers/${row.node}/start` }} touches={['/schedulers']}>Start</Act>
                : <Act size="compact-xs" needs="POST /schedulers/{node}/stop" label={`Stop the scheduler of ${row.node}`} change={{ method: 'POST', path: path`/schedulers/${row.node}/stop`, body: { reason: null } }} touches={['/schedulers']}
                  confirm={{ title: `Stop the scheduler of ${row.node}?`, verb: 'Stop', danger: true, children: <Text size="sm">It starts no more runs; those that may run elsewhere go to other nodes.</Text> }}>Stop</Act>}
            </Group>
          ) },
        ]} />
      </div>
      {can('GET /jobs/{job}/calendar') && jobs.length > 0 && (
        <>
          <Select label="Job" data={jobs} value={chosen} onChange={value => setQuery({ job: value })} maw={320} searchable />
          {chosen && <Calendar key={chosen} job={chosen} />}
        </>
      )}
    </PageFrame>
  );
}
