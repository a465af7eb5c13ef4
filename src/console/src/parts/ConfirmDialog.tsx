import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { ProblemNote } from './ProblemNote';

export interface Confirmation {
  title: string;
  /** What it does, and what it affects. */
  children?: ReactNode;
  verb: string;
  /** A destructive act: this has to be typed first. */
  typed?: string;
  danger?: boolean;
}

interface Props extends Confirmation {
  /** It is not done at once: somebody else has to approve it. */
  secondPerson?: boolean;
  onConfirm: (reason: string) => Promise<unknown>;
  onClose: () => void;
}

/** Asks before something is done. What it destroys has to be named. */
export function ConfirmDialog({ title, children, verb, typed, danger, secondPerson, onConfirm, onClose }: Props) {
  const [name, setName] = useState('');
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const ready = typed === undefined || name === typed;
  const confirm = async () => {
    if (!ready || busy) return;
    setBusy(true);
    setError(null);
    try {
      await onConfirm(reason.trim());
      onClose();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title={<Text fw={600}>{title}</Text>} size="lg">
      <form onSubmit={event => { event.preventDefault(); void confirm(); }}>
        <Stack gap="sm">
          {children}
          {typed !== undefined && (
            <TextInput label={<>Type <span className="mono">{typed}</span> to confirm</>} value={name} onChange={event => setName(event.currentTarget.value)} autoComplete="off" spellCheck={false} data-autofocus />
          )}
          {secondPerson && (
            <>
              <Text size="sm" fw={550}>This needs a second person: nothing is done until another administrator approves it.</Text>
              <TextInput label="Why, for whoever approves it" value={reason} maxLength={400} onChange={event => setReason(event.currentTarget.value)} autoComplete="off" />
            </>
          )}
          <ProblemNote error={error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>Cancel</Button>
            <Button type="submit" color={danger || typed !== undefined ? 'red.8' : undefined} disabled={!ready} loading={busy}>{secondPerson ? `Ask: ${verb}` : verb}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
