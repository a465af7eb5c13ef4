import { Group, Text } from '@mantine/core';
import { path } from '../api/client';
import { useList } from '../api/hooks';
import type { Approval } from '../api/management';
import { session } from '../api/session';
import { Act } from '../parts/Act';
import { State } from '../parts/Badge';
import { DataTable } from '../parts/DataTable';
import { PageFrame } from '../parts/PageFrame';
import { When } from '../parts/When';

const open = (row: Approval) => /waiting|pending|open/.test(row.state ?? 'waiting');

/** Destructive acts that wait for a second person. */
export function Approvals() {
  const rows = useList<Approval>('/approvals');
  const me = session.get().person?.name;
  return (
    <PageFrame title="Approvals" lead="What one person asked for and a second one has to agree to. Nobody approves what they asked for themselves.">
      <div className="panel">
        <DataTable<Approval> label="Approvals" rows={rows.items} error={rows.error} pending={rows.pending} rowKey={row => row.id} empty="Nothing waits for a second person." columns={[
          { title: 'What', cell: row => row.what },
          { title: 'Who', cell: row => row.who, look: 'tight' },
          { title: 'Asked', cell: row => <When at={row.at} />, look: 'tight' },
          { title: 'Ends', cell: row => <When at={row.expires} />, look: 'tight', when: rows.items.some(row => row.expires) },
          { title: 'State', cell: row => <State of={row.state} />, look: 'tight' },
          { title: '', cell: row => open(row) && (
            <Group gap={6} wrap="nowrap">
              {row.who !== me && <Act size="compact-xs" needs="POST /approvals/{id}/approve" label={`Approve: ${row.what}`} change={{ method: 'POST', path: path`/approvals/${row.id}/approve` }} touches={['/approvals']}
                confirm={{ title: 'Approve', verb: 'Approve', danger: true, children: <Text size="sm">{row.what}, asked for by {row.who}. It is done at once.</Text> }}>Approve</Act>}
              <Act size="compact-xs" needs="POST /approvals/{id}/refuse" label={`Refuse: ${row.what}`} change={{ method: 'POST', path: path`/approvals/${row.id}/refuse` }} touches={['/approvals']}>Refuse</Act>
            </Group>
          ) },
        ]} />
      </div>
    </PageFrame>
  );
}
