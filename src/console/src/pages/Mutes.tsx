import { Button, Group, NumberInput, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { path } from '../api/client';
import { useCan } from '../api/features';
import { useChange, useList } from '../api/hooks';
import type { Mute } from '../api/management';
import { Act } from '../parts/Act';
import { ConfirmDialog } from '../parts/ConfirmDialog';
import { DataTable } from '../parts/DataTable';
import { Panel } from '../parts/Panel';
import { tell } from '../parts/toasts';
import { When } from '../parts/When';

/** What nobody is told of for a while. */
export function Mutes() {
  const can = useCan();
  const mutes = useList<Mute>('/mutes');
  const [adding, setAdding] = useState(false);
  return (
    <Panel title="Mutes" flush actions={can('POST /mutes') && <Button variant="default" onClick={() => setAdding(true)}>Mute…</Button>}>
      <DataTable<Mute> label="Mutes" rows={mutes.items} error={mutes.error} pending={mutes.pending} rowKey={row => row.id} empty="Nothing is muted." columns={[
        { title: 'Subject', cell: row => row.subject },
        { title: 'Until', cell: row => <When at={row.until} absolute />, look: 'tight' },
        { title: 'Reason', cell: row => row.reason ?? '–' },
        { title: 'By', cell: row => row.by ?? '–', when: mutes.items.some(row => row.by) },
        { title: '', cell: row => <Act size="compact-xs" needs="DELETE /mutes/{id}" label={`End the mute of ${row.subject}`} change={{ method: 'DELETE', path: path`/mutes/${row.id}` }} touches={['/mutes', '/alerts']}>End</Act> },
      ]} />
      {adding && <MuteDialog subject="" onClose={() => setAdding(false)} />}
    </Panel>
  );
}

/** Begins a mute. */
export function MuteDialog({ subject, onClose }: { subject: string; onClose: () => void }) {
  const [about, setAbout] = useState(subject);
  const [hours, setHours] = useState<number | string>(2);
  const [reason, setReason] = useState('');
  const change = useChange<{ message?: string } | undefined>(['/mutes', '/alerts']);
  const mute = async () => {
    await change.mutateAsync({ method: 'POST', path: '/mutes', body: { subject: about, until: new Date(Date.now() + Number(hours) * 3_600_000).toISOString(), reason: reason || null } });
    tell(`${about} is muted.`);
  };
  return (
    <ConfirmDialog title="Mute alerts" verb="Mute" onConfirm={mute} onClose={onClose}>
      <Text size="sm">Alerts about it are kept and shown, and nobody is told.</Text>
      <Group grow align="flex-end">
        <TextInput label="Subject" placeholder="node:a, role:shop, job:nightly, cluster" required value={about} onChange={event => setAbout(event.currentTarget.value)} spellCheck={false} />
        <NumberInput label="For how many hours" required min={0.25} max={720} step={1} decimalScale={2} value={hours} onChange={setHours} />
      </Group>
      <TextInput label="Reason" value={reason} onChange={event => setReason(event.currentTarget.value)} />
    </ConfirmDialog>
  );
}
