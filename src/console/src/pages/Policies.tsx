import { Button, Text } from '@mantine/core';
import { useCan } from '../api/features';
import { useList } from '../api/hooks';
import type { Policy } from '../api/management';
import { State } from '../parts/Badge';
import { DataTable } from '../parts/DataTable';
import { duration } from '../parts/format';
import { PlusIcon } from '../parts/icons';
import { PageFrame } from '../parts/PageFrame';
import { go, Link } from '../parts/router';

/** What is protected, where to, when, and for how long. */
export function Policies() {
  const can = useCan();
  const policies = useList<Policy>('/policies');
  return (
    <PageFrame title="Policies" actions={can('PUT /policies/{name}') && <Button leftSection={<PlusIcon size={14} />} onClick={() => go('/new-policy')}>New policy</Button>}>
      <div className="panel">
        <DataTable<Policy> label="Policies" rows={policies.items} error={policies.error} pending={policies.pending} rowKey={row => row.name} empty="There are no policies yet." columns={[
          { title: 'Policy', cell: row => <><Link to={`/policies/${encodeURIComponent(row.name)}`}>{row.name}</Link>{row.description && <Text size="xs" c="dimmed">{row.description}</Text>}</> },
          { title: 'State', cell: row => <State of={row.suspended ? 'paused' : 'active'} text={row.suspended ? 'Suspended' : 'Active'} />, look: 'tight' },
          { title: 'Protects', cell: row => (row.things ?? []).map(thing => thing.name).join(', ') },
          { title: 'To', cell: row => (row.vaults ?? []).join(', ') },
          { title: 'When', cell: row => <span className="mono">{row.schedule?.when}</span> },
          { title: 'At most lost', cell: row => duration(row.rpoSeconds), look: 'right' },
          { title: 'Back within', cell: row => duration(row.rtoSeconds), look: 'right' },
        ]} />
      </div>
    </PageFrame>
  );
}
