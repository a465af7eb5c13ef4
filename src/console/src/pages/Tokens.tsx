import { Button, Group, MultiSelect, NumberInput, Select, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useCell } from '../api/cell';
import { path } from '../api/client';
import { areas, useCan } from '../api/features';
import { useChange, type useList } from '../api/hooks';
import type { ApiToken } from '../api/management';
import { Act } from '../parts/Act';
import { ConfirmDialog } from '../parts/ConfirmDialog';
import { DataTable } from '../parts/DataTable';
import { Panel } from '../parts/Panel';
import { ShownOnce } from '../parts/ShownOnce';
import { When } from '../parts/When';
import { levels } from './People';

/** Tokens for programs. A token's text is shown once. */
export function Tokens({ of }: { of: ReturnType<typeof useList<ApiToken>> }) {
  const can = useCan();
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<string | null>(null);
  return (
    <Panel title="Tokens" flush actions={can('POST /tokens') && <Button variant="default" onClick={() => setAdding(true)}>New token…</Button>}>
      {made && <ShownOnce text={made} onClose={() => setMade(null)} />}
      <DataTable<ApiToken> label="Tokens" rows={of.items} error={of.error} pending={of.pending} rowKey={row => row.id} empty="There are no tokens." columns={[
        { title: 'Token', cell: row => row.name },
        { title: 'Level', cell: row => row.level, look: 'tight' },
        { title: 'Areas', cell: row => (row.areas?.length ? row.areas.join(', ') : 'all'), look: 'tight' },
        { title: 'Expires', cell: row => <When at={row.expires} absolute />, look: 'tight' },
        { title: 'Made by', cell: row => row.by ?? '–', look: 'tight' },
        { title: '', cell: row => <Act size="compact-xs" needs="DELETE /tokens/{id}" label={`Revoke ${row.name}`} change={{ method: 'DELETE', path: path`/tokens/${row.id}` }} touches={['/tokens']} confirm={{ title: `Revoke ${row.name}`, verb: 'Revoke', typed: row.name, children: <Text size="sm">What uses it is refused at once.</Text> }}>Revoke</Act> },
      ]} />
      {adding && <TokenDialog onMade={setMade} onClose={() => setAdding(false)} />}
    </Panel>
  );
}

function TokenDialog({ onMade, onClose }: { onMade: (text: string) => void; onClose: () => void }) {
  const [name, setName] = useState('');
  const [level, setLevel] = useState('viewer');
  const [days, setDays] = useState<number | string>(90);
  const [only, setOnly] = useState<string[]>([]);
  const known = useCell(areas);
  const change = useChange<{ token: string }>(['/tokens']);
  const make = async () => {
    const answer = await change.mutateAsync({ method: 'POST', path: '/tokens', body: { name, level, expires: new Date(Date.now() + Number(days) * 86_400_000).toISOString(), ...(only.length > 0 && { areas: only }) } });
    onMade(answer.token);
  };
  return (
    <ConfirmDialog title="New token" verb="Make" onConfirm={make} onClose={onClose}>
      <TextInput label="What it is for" required value={name} onChange={event => setName(event.currentTarget.value)} data-autofocus spellCheck={false} />
      <Group grow align="flex-end">
        <Select label="Level" data={levels} value={level} onChange={value => setLevel(value ?? 'viewer')} />
        <NumberInput label="Valid for days" required min={1} max={400} value={days} onChange={setDays} />
      </Group>
      {known.length > 0 && (
        <MultiSelect
          label="Areas" description={only.length === 0 ? 'None chosen: all of the API.' : 'Everything else is refused.'} data={known.map(area => area.name)} value={only} onChange={setOnly}
          renderOption={({ option }) => <div><Text size="sm">{option.label}</Text><Text size="xs" c="dimmed">{known.find(area => area.name === option.value)?.description}</Text></div>}
        />
      )}
    </ConfirmDialog>
  );
}
