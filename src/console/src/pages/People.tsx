import { Button, Group, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { GrantInfo, Level } from '../api/cluster';
import { path } from '../api/client';
import { useCan } from '../api/features';
import { useChange, useGet, useList } from '../api/hooks';
import type { ApiToken, Person } from '../api/management';
import { Act } from '../parts/Act';
import { State } from '../parts/Badge';
import { ConfirmDialog } from '../parts/ConfirmDialog';
import { DataTable } from '../parts/DataTable';
import { PageFrame } from '../parts/PageFrame';
import { Panel } from '../parts/Panel';
import { told } from '../parts/told';
import { ShownOnce } from '../parts/ShownOnce';
import { Tokens } from './Tokens';

export const levels: { value: Level; label: string }[] = [{ value: 'viewer', label: 'Viewer: sees' }, { value: 'operator', label: 'Operator: moves, runs, restores' }, { value: 'admin', label: 'Admin: changes everything' }];

/** Who may sign in, and with which rights. */
export function People() {
  const can = useCan();
  const people = useList<Person>('/people');
  const tokens = useList<ApiToken>(can('GET /tokens') ? '/tokens' : null);
  const grants = useGet<GrantInfo[]>(can('GET /access') ? '/access' : null);
  const [edited, setEdited] = useState<Person | 'new' | null>(null);
  const [made, setMade] = useState<string | null>(null);
  return (
    <PageFrame title="People and tokens">
      <Panel title="People" flush actions={can('PUT /people/{name}') && <Button variant="default" onClick={() => setEdited('new')}>Add person…</Button>}>
        {made && <ShownOnce text={made} onClose={() => setMade(null)} />}
        <DataTable<Person> label="People" rows={people.items} error={people.error} pending={people.pending} rowKey={row => row.name} columns={[
          { title: 'Name', cell: row => row.name },
          { title: 'Level', cell: row => row.level, look: 'tight' },
          { title: 'State', cell: row => <State of={row.disabled ? 'paused' : 'active'} text={row.disabled ? 'Disabled' : 'Active'} />, look: 'tight' },
          { title: 'Password', cell: row => (row.oneTimePassword ? 'serves once' : 'their own'), look: 'tight' },
          { title: '', cell: row => (
            <Group gap={6} wrap="nowrap">
              {can('PUT /people/{name}') && <Button size="compact-xs" variant="default" aria-label={`Edit ${row.name}`} onClick={() => setEdited(row)}>Edit</Button>}
              <Act size="compact-xs" needs="DELETE /people/{name}" label={`Remove ${row.name}`} change={{ method: 'DELETE', path: path`/people/${row.name}` }} touches={['/people']}
                confirm={{ title: `Remove ${row.name}`, verb: 'Remove', typed: row.name, children: <Text size="sm">Their sessions end at once.</Text> }}>Remove</Act>
            </Group>
          ) },
        ]} />
      </Panel>
      {can('GET /tokens') && <Tokens of={tokens} />}
      {grants.data && (
        <Panel title="Accounts of the command line" flush>
          <DataTable<GrantInfo> label="Grants" rows={grants.data} rowKey={row => row.subject} empty="Only root may use the command line." columns={[
            { title: 'Subject', cell: row => <span className="mono">{row.subject}</span> }, { title: 'Level', cell: row => row.level }, { title: 'Label', cell: row => row.label ?? '–' },
            { title: '', cell: row => <Act size="compact-xs" needs="DELETE /access/{subject}" label={`Take away from ${row.subject}`} change={{ method: 'DELETE', path: path`/access/${row.subject}` }} touches={['/access']} confirm={{ title: `Take access from ${row.subject}`, verb: 'Take away', typed: row.subject }}>Take away</Act> },
          ]} />
        </Panel>
      )}
      {edited && <PersonDialog person={edited === 'new' ? null : edited} onMade={setMade} onClose={() => setEdited(null)} />}
    </PageFrame>
  );
}

function PersonDialog({ person, onMade, onClose }: { person: Person | null; onMade: (password: string) => void; onClose: () => void }) {
  const [name, setName] = useState(person?.name ?? '');
  const [level, setLevel] = useState<string>(person?.level ?? 'viewer');
  const [oneTime, setOneTime] = useState(person === null);
  const [disabled, setDisabled] = useState(person?.disabled ?? false);
  const change = useChange<{ message: string; oneTimePassword?: string | null }>(['/people']);
  const keep = async () => {
    const answer = await change.mutateAsync({ method: 'PUT', path: path`/people/${name}`, body: { level, disabled, oneTimePassword: oneTime } });
    told(answer, 'Kept.');
    if (answer.oneTimePassword) onMade(answer.oneTimePassword);
  };
  return (
    <ConfirmDialog title={person ? `Edit ${person.name}` : 'Add a person'} verb="Keep" onConfirm={keep} onClose={onClose}>
      <Stack gap="sm">
        <TextInput label="Name" required readOnly={person !== null} value={name} onChange={event => setName(event.currentTarget.value)} autoComplete="off" spellCheck={false} />
        <Select label="Level" data={levels} value={level} onChange={value => setLevel(value ?? 'viewer')} />
        <Switch label="Make a password that serves once" description="It is shown here; with it they sign in and choose their own." checked={oneTime} disabled={person === null} onChange={event => setOneTime(event.currentTarget.checked)} />
        <Switch label="Disabled: cannot sign in" checked={disabled} onChange={event => setDisabled(event.currentTarget.checked)} />
      </Stack>
    </ConfirmDialog>
  );
}
