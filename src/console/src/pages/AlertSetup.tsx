import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { path } from '../api/client';
import { useCan } from '../api/features';
import { useList } from '../api/hooks';
import { Act } from '../parts/Act';
import { State } from '../parts/Badge';
import { DataTable } from '../parts/DataTable';
import { DocumentDialog } from '../parts/DocumentDialog';
import { Panel } from '../parts/Panel';

interface Rule {
  name: string;
  trigger?: string;
  severity?: string;
  disabled?: boolean;
  subjects?: string[];
  escalation?: { afterSeconds?: number; channels?: string[] }[];
}

interface Channel {
  name: string;
  mail?: { host?: string; to?: string[] } | null;
  webhook?: { url?: string } | null;
  command?: { command?: string[] } | null;
}

const newRule = { trigger: 'job-failed', severity: 'warning', escalation: [{ afterSeconds: 0, channels: ['mail'] }] };
const newChannel = { mail: { host: 'mail.example.com', port: 587, from: 'holdfast@example.com', to: ['ops@example.com'] } };

/** When an alert is raised. */
export function Rules() {
  const can = useCan();
  const rules = useList<Rule>('/alert-rules');
  const [edited, setEdited] = useState<Rule | 'new' | null>(null);
  return (
    <Panel title="Rules" flush actions={can('PUT /alert-rules/{name}') && <Button variant="default" onClick={() => setEdited('new')}>Add rule…</Button>}>
      <DataTable<Rule> label="Rules" rows={rules.items} error={rules.error} pending={rules.pending} rowKey={row => row.name} empty="There are no rules: nothing raises an alert." columns={[
        { title: 'Rule', cell: row => row.name },
        { title: 'When', cell: row => row.trigger ?? '–' },
        { title: 'Severity', cell: row => <State of={row.severity} />, look: 'tight' },
        { title: 'Subjects', cell: row => row.subjects?.join(', ') || 'all' },
        { title: 'Tells', cell: row => [...new Set(row.escalation?.flatMap(step => step.channels ?? []))].join(', ') || 'nobody' },
        { title: 'State', cell: row => <State of={row.disabled ? 'paused' : 'active'} text={row.disabled ? 'Disabled' : 'Active'} />, look: 'tight' },
        { title: '', cell: row => (
          <Group gap={6} wrap="nowrap">
            {can('PUT /alert-rules/{name}') && <Button size="compact-xs" variant="default" aria-label={`Edit ${row.name}`} onClick={() => setEdited(row)}>Edit</Button>}
            <Act size="compact-xs" needs="DELETE /alert-rules/{name}" label={`Delete ${row.name}`} change={{ method: 'DELETE', path: path`/alert-rules/${row.name}` }} touches={['/alert-rules']}
              confirm={{ title: `Delete ${row.name}`, verb: 'Delete', typed: row.name, children: <Text size="sm">Nobody is alerted by it any more.</Text> }}>Delete</Act>
          </Group>
        ) },
      ]} />
      {edited && <DocumentDialog title={edited === 'new' ? 'New rule' : `Rule ${edited.name}`} document={edited === 'new' ? newRule : edited} name={edited === 'new' ? null : edited.name} pathOf={name => path`/alert-rules/${name}`} touches={['/alert-rules']} onClose={() => setEdited(null)} />}
    </Panel>
  );
}

const kindOf = (row: Channel) => (row.mail ? `mail to ${row.mail.to?.join(', ')} by ${row.mail.host}` : row.webhook ? `webhook ${row.webhook.url}` : row.command ? `command ${row.command.command?.[0] ?? ''}` : '–');

/** Who is told, and how. */
export function Channels() {
  const can = useCan();
  const channels = useList<Channel>('/channels');
  const [edited, setEdited] = useState<Channel | 'new' | null>(null);
  return (
    <Panel title="Channels" flush actions={can('PUT /channels/{name}') && <Button variant="default" onClick={() => setEdited('new')}>Add channel…</Button>}>
      <DataTable<Channel> label="Channels" rows={channels.items} error={channels.error} pending={channels.pending} rowKey={row => row.name} empty="There are no channels: alerts are shown here and nobody is told." columns={[
        { title: 'Channel', cell: row => row.name, look: 'tight' },
        { title: 'How', cell: kindOf },
        { title: '', cell: row => (
          <Group gap={6} wrap="nowrap">
            <Act size="compact-xs" needs="POST /channels/{name}/test" label={`Test ${row.name}`} change={{ method: 'POST', path: path`/channels/${row.name}/test` }} touches={['/channels']} done="The test message was delivered.">Test</Act>
            {can('PUT /channels/{name}') && <Button size="compact-xs" variant="default" aria-label={`Edit ${row.name}`} onClick={() => setEdited(row)}>Edit</Button>}
            <Act size="compact-xs" needs="DELETE /channels/{name}" label={`Delete ${row.name}`} change={{ method: 'DELETE', path: path`/channels/${row.name}` }} touches={['/channels']}
              confirm={{ title: `Delete ${row.name}`, verb: 'Delete', typed: row.name, children: <Text size="sm">Nobody is told through it any more.</Text> }}>Delete</Act>
          </Group>
        ) },
      ]} />
      {edited && <DocumentDialog title={edited === 'new' ? 'New channel' : `Channel ${edited.name}`} document={edited === 'new' ? newChannel : edited} name={edited === 'new' ? null : edited.name} pathOf={name => path`/channels/${name}`} touches={['/channels']} onClose={() => setEdited(null)} />}
    </Panel>
  );
}
