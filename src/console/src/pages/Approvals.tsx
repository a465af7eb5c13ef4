import { Group, Stack, Text } from '@mantine/core';
import { path } from '../api/client';
import { useCan } from '../api/features';
import { useGet, useList } from '../api/hooks';
import type { Approval, ApprovalDetail } from '../api/management';
import { Act } from '../parts/Act';
import { State } from '../parts/Badge';
import { DataTable } from '../parts/DataTable';
import { PageFrame } from '../parts/PageFrame';
import { ProblemNote } from '../parts/ProblemNote';
import { When } from '../parts/When';

const touches = ['/approvals', '/overview', '/settings', '/acts', '/cluster', '/roles', '/nodes', '/policies', '/vaults', '/people'];

/** Destructive acts that wait for a second person. */
export function Approvals() {
  const rows = useList<Approval>('/approvals');
  return (
    <PageFrame title="Approvals" lead="What one person asked for and a second one has to agree to. Nobody approves what they asked for themselves.">
      <div className="panel">
        <DataTable<Approval> label="Approvals" rows={rows.items} error={rows.error} pending={rows.pending} rowKey={row => row.id} empty="Nothing waits for a second person." columns={[
          { title: 'What', cell: row => <>{row.what}{row.outcome && row.state !== 'done' && <Text size="xs" c="dimmed">{row.outcome}</Text>}</>, look: 'wide' },
          { title: 'Who', cell: row => row.askedBy, look: 'tight' },
          { title: 'Why', cell: row => row.reason ?? '–', when: rows.items.some(row => row.reason) },
          { title: 'Asked', cell: row => <When at={row.at} />, look: 'tight' },
          { title: 'Ends', cell: row => (row.state === 'waiting' ? <When at={row.expires} /> : '–'), look: 'tight' },
          { title: 'State', cell: row => <><State of={row.state} />{row.decidedBy && <Text size="xs" c="dimmed">{row.decidedBy}</Text>}</>, look: 'tight' },
          { title: '', cell: row => row.state === 'waiting' && <Decide approval={row} /> },
        ]} />
      </div>
    </PageFrame>
  );
}

function Decide({ approval }: { approval: Approval }) {
  return (
    <Group gap={6} wrap="nowrap">
      {!approval.own && (
        <Act size="compact-xs" needs="POST /approvals/{id}/approve" label={`Approve: ${approval.what}`} touches={touches}
          change={{ method: 'POST', path: path`/approvals/${approval.id}/approve`, body: { digest: approval.digest } }}
          confirm={{ title: 'Approve', verb: 'Approve', danger: true, children: <Details approval={approval} /> }}>Approve…</Act>
      )}
      <Act size="compact-xs" needs="POST /approvals/{id}/refuse" label={`${approval.own ? 'Take back' : 'Refuse'}: ${approval.what}`} change={{ method: 'POST', path: path`/approvals/${approval.id}/refuse`, body: {} }} touches={touches}>{approval.own ? 'Take back' : 'Refuse'}</Act>
    </Group>
  );
}

/** All that was asked for: what is approved is exactly this. */
function Details({ approval }: { approval: Approval }) {
  const can = useCan();
  const { data, error } = useGet<ApprovalDetail>(can('GET /approvals/{id}') ? path`/approvals/${approval.id}` : null);
  return (
    <Stack gap={6}>
      <Text size="sm">{approval.what}, asked for by {approval.askedBy}{approval.reason ? `: ${approval.reason}` : '.'} It is done at once.</Text>
      <Text size="sm" className="mono" style={{ overflowWrap: 'anywhere' }}>{approval.method} {approval.path}</Text>
      {data?.body && <pre className="mono" tabIndex={0} aria-label="What is sent" style={{ maxHeight: 240, overflow: 'auto', margin: 0 }}>{data.body}</pre>}
      {data && !data.body && data.bodyBytes > 0 && <Text size="sm">With {data.bodyBytes} bytes that are too long to be shown here.</Text>}
      <ProblemNote error={error} />
    </Stack>
  );
}
