import { SimpleGrid, Stack, Text } from '@mantine/core';
import { useCan } from '../api/features';
import { useGet } from '../api/hooks';
import type { JobInfo } from '../api/jobs';
import type { Need, Overview as OverviewData } from '../api/management';
import { State } from '../parts/Badge';
import { ConsoleLink, JobLink } from '../parts/ConsoleLink';
import { JobProgress } from '../parts/JobProgress';
import { count, duration } from '../parts/format';
import { PageFrame } from '../parts/PageFrame';
import { Panel } from '../parts/Panel';
import { ProblemNote } from '../parts/ProblemNote';
import { Link } from '../parts/router';
import { Facts } from '../parts/Facts';
import { When } from '../parts/When';
import { toneOf } from '../parts/tone';

/** Is all well, and what needs me. */
export function Overview() {
  const { data, error } = useGet<OverviewData>('/overview', {}, 30_000);
  return (
    <PageFrame title="Overview" badge={data && <State of={data.cluster.state} />}>
      <ProblemNote error={data ? null : error} />
      {data && <Figures of={data} />}
      {data && <Needs needs={data.needs ?? []} />}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Running />
        {data && (
          <Panel title="Management">
            <Facts of={[
              ['Serves on', <span key="n">{data.service.node}, epoch <span className="mono">{data.service.epoch}</span></span>],
              ['Since', <When key="s" at={data.service.since} />],
              ['Moved from', data.service.movedFrom ? `${data.service.movedFrom}${data.service.outageSeconds ? `, away for ${duration(data.service.outageSeconds)}` : ''}` : null],
              ['Database', <span key="d"><State of={data.database.state} /> {data.database.kind} {data.database.reason}</span>],
            ]} />
          </Panel>
        )}
      </SimpleGrid>
    </PageFrame>
  );
}

function Figures({ of }: { of: OverviewData }) {
  const { redundancy } = of.cluster;
  const { met = 0, broken = 0, unknown = 0 } = of.things;
  const { open, critical = 0 } = of.alerts;
  const { running, failed24h = 0 } = of.jobs;
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }} spacing="sm">
      <Figure title="Redundancy" tone={redundancy.ok ? 'ok' : 'bad'} value={redundancy.ok ? 'Whole' : 'Lost'} text={redundancy.sentence} to="/cluster" />
      {of.things.met !== undefined && <Figure title="Recovery points" tone={broken > 0 ? 'bad' : unknown > 0 || met === 0 ? 'warn' : 'ok'} value={`${met} of ${met + broken + unknown}`} text={broken > 0 ? `met; ${count(broken, 'is', 'are')} too old` : unknown > 0 ? `met; ${unknown} unknown` : met === 0 ? 'Nothing is protected by a policy yet.' : 'met'} to="/things" />}
      {open !== undefined && <Figure title="Alerts" tone={critical > 0 ? 'bad' : open > 0 ? 'warn' : 'ok'} value={String(open)} text={open === 0 ? 'none is open' : `open; ${critical} critical`} to="/alerts" />}
      {running !== undefined && <Figure title="Jobs" tone={failed24h > 0 ? 'warn' : 'ok'} value={String(running)} text={`running; ${failed24h} failed in 24 h`} to="/jobs" />}
    </SimpleGrid>
  );
}

function Figure({ title, value, text, tone, to }: { title: string; value: string; text: string; tone: string; to: string }) {
  return (
    <Link to={to} className={`panel tone-${tone} figure-tile`}>
      <span className="figure-title">{title}</span>
      <span className="figure">{value}</span>
      <span className="figure-text">{text}</span>
    </Link>
  );
}

function Needs({ needs }: { needs: Need[] }) {
  return (
    <Panel title="What needs you" flush>
      {needs.length === 0 && <div className="empty">Nothing: everything is as it should be.</div>}
      <Stack gap={0} component="ul" className="needs">
        {needs.map(need => (
          <li key={need.sentence} className={`tone-${toneOf(need.severity)}`}>
            <State of={need.severity} />
            <div>
              <Text size="sm">{need.sentence}</Text>
              {need.hint && <Text size="sm" c="dimmed">{need.hint} <ConsoleLink to={need.link}>Show</ConsoleLink></Text>}
              {!need.hint && <ConsoleLink to={need.link}>Show</ConsoleLink>}
            </div>
          </li>
        ))}
      </Stack>
    </Panel>
  );
}

function Running() {
  const can = useCan();
  const jobs = useGet<JobInfo[]>(can('GET /jobs') ? '/jobs' : null, {}, 10_000).data ?? [];
  const running = jobs.filter(job => job.state === 'running' || job.state === 'resuming');
  return (
    <Panel title="At work">
      {running.length === 0 && <Text size="sm" c="dimmed">No job runs now.</Text>}
      <Stack gap="sm">
        {running.map(job => (
          <div key={job.name}>
            <Text size="sm" mb={4} component="div"><JobLink name={job.name} /> <Text span c="dimmed" size="sm">{job.kind} on {job.owner}, <When at={job.present?.started ?? job.present?.due} /></Text></Text>
            <JobProgress job={job.name} />
          </div>
        ))}
      </Stack>
    </Panel>
  );
}
