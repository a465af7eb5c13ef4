import { Button, Text } from '@mantine/core';
import { useState } from 'react';
import type { DoctorReport } from '../api/cluster';
import { useGet } from '../api/hooks';
import { State } from './Badge';
import { DataTable } from './DataTable';
import { Panel } from './Panel';

const order = { problem: 0, warning: 1, ok: 2 };

/** Has every node look at itself and at its way to the others: asked for, because it takes seconds. */
export function Doctor() {
  const [asked, setAsked] = useState(false);
  const { data, error, isFetching, refetch } = useGet<DoctorReport>(asked ? '/doctor' : null);
  const rows = [...(data?.findings ?? [])].sort((a, b) => order[a.level] - order[b.level]);
  return (
    <Panel title="Examination" flush actions={<Button variant="default" loading={isFetching} onClick={() => (asked ? void refetch() : setAsked(true))}>Examine every node</Button>}>
      {!asked && <Text size="sm" c="dimmed" p="sm">Each node looks at itself and at its way to every other, and says what cannot work.</Text>}
      {asked && <DataTable label="Findings" rows={rows} pending={isFetching} error={error} rowKey={row => `${row.node} ${row.check} ${row.what}`} columns={[
        { title: 'Level', cell: row => <State of={row.level} />, look: 'tight' },
        { title: 'Node', cell: row => row.node, look: 'tight' },
        { title: 'Check', cell: row => row.check, look: 'tight' },
        { title: 'Found', cell: row => row.what },
        { title: 'Do', cell: row => row.do ?? '' },
      ]} />}
    </Panel>
  );
}
