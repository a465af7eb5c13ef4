import { SegmentedControl, SimpleGrid } from '@mantine/core';
import { useMemo } from 'react';
import { useCan } from '../api/features';
import { useGet } from '../api/hooks';
import type { ChartSeries } from '../api/management';
import { Chart } from '../parts/Chart';
import { PageFrame } from '../parts/PageFrame';
import { Panel } from '../parts/Panel';
import { ProblemNote } from '../parts/ProblemNote';
import { setQuery, usePlace } from '../parts/router';

const kinds = [
  { kind: 'throughput', title: 'Throughput' },
  { kind: 'deduplication', title: 'Deduplication' },
  { kind: 'outages', title: 'Outages', worst: true },
  { kind: 'rpo', title: 'Age of the newest recovery point', worst: true },
];
const spans: Record<string, number> = { '24 h': 1, '7 d': 7, '30 d': 30, '1 y': 365 };

/** How it went over time. */
export function Charts() {
  const can = useCan();
  const span = usePlace().query.get('span') ?? '7 d';
  // By the minute, so that coming back shows what was read already.
  const to = Math.ceil(Date.now() / 60_000) * 60_000;
  const from = useMemo(() => new Date(to - (spans[span] ?? 7) * 86_400_000).toISOString(), [span, to]);
  return (
    <PageFrame title="Charts" actions={<SegmentedControl size="xs" aria-label="Time span" data={Object.keys(spans)} value={span} onChange={value => setQuery({ span: value })} />}>
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        {kinds.filter(({ kind }) => can(`GET /charts/${kind}`)).map(({ kind, title, worst }) => <One key={kind} kind={kind} title={title} worst={worst} from={from} to={new Date(to).toISOString()} />)}
      </SimpleGrid>
    </PageFrame>
  );
}

function One({ kind, title, worst, from, to }: { kind: string; title: string; worst?: boolean; from: string; to: string }) {
  const { data, error } = useGet<{ series: ChartSeries[] }>(`/charts/${kind}`, { from, to });
  const empty = data && !data.series.some(series => series.points.length > 0);
  return (
    <Panel title={title}>
      <ProblemNote error={data ? null : error} />
      {empty && <div className="empty">Nothing was measured in this time.</div>}
      {data && !empty && <Chart series={data.series} label={title} worst={worst} />}
    </Panel>
  );
}
