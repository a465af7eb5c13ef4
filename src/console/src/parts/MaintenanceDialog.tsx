import { Button, Group, Modal, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { path } from '../api/client';
import { useChange } from '../api/hooks';
import { ProblemNote } from './ProblemNote';
import { tell } from './toasts';

/** Begins maintenance of a role: nothing is done when something fails, until it ends by itself. */
export function MaintenanceDialog({ role, onClose }: { role: string; onClose: () => void }) {
  const [hours, setHours] = useState<number | string>(2);
  const [reason, setReason] = useState('');
  const begin = useChange<{ message: string }>(['/cluster', '/roles', '/overview']);
  const submit = () =>
    begin.mutateAsync({ method: 'POST', path: path`/roles/${role}/maintenance`, body: { seconds: Number(hours) * 3600, reason: reason || null } })
      .then(answer => { tell(answer.message); onClose(); }, () => undefined);
  return (
    <Modal opened onClose={onClose} title={<Text fw={600}>Maintenance of {role}</Text>}>
      <form onSubmit={event => { event.preventDefault(); void submit(); }}>
        <Stack gap="sm">
          <Text size="sm">Nothing is started, stopped, restarted or moved until it ends, by itself or by you. What fails is told.</Text>
          <NumberInput label="For how many hours" min={0.1} max={720} step={0.5} decimalScale={2} value={hours} onChange={setHours} required />
          <TextInput label="Reason" value={reason} onChange={event => setReason(event.currentTarget.value)} />
          <ProblemNote error={begin.error} />
          <Group justify="flex-end" gap="xs"><Button variant="default" onClick={onClose}>Cancel</Button><Button type="submit" loading={begin.isPending}>Begin</Button></Group>
        </Stack>
      </form>
    </Modal>
  );
}
