import { Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { path } from '../api/client';
import { useChange } from '../api/hooks';
import type { AlertRow } from '../api/management';
import { ConfirmDialog } from '../parts/ConfirmDialog';
import { tell } from '../parts/toasts';

/** Says that somebody takes care of it: nobody further is told. */
export function AcknowledgeDialog({ alert, onClose }: { alert: AlertRow; onClose: () => void }) {
  const [comment, setComment] = useState('');
  const change = useChange<{ message?: string } | undefined>(['/alerts', '/overview']);
  const acknowledge = async () => {
    await change.mutateAsync({ method: 'POST', path: path`/alerts/${alert.id}/acknowledge`, body: { comment: comment || null } });
    tell(`${alert.subject}: acknowledged.`);
  };
  return (
    <ConfirmDialog title="Acknowledge" verb="Acknowledge" onConfirm={acknowledge} onClose={onClose}>
      <Text size="sm">{alert.sentence} You take care of it; nobody further is told.</Text>
      <TextInput label="Comment" value={comment} onChange={event => setComment(event.currentTarget.value)} data-autofocus />
    </ConfirmDialog>
  );
}
