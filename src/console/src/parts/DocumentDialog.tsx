import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { parse, stringify } from 'yaml';
import { useChange } from '../api/hooks';
import { sentenceOf } from '../api/problem';
import { ProblemNote } from './ProblemNote';
import { tell } from './toasts';
import { YamlEditor } from './YamlEditor';

interface Props {
  title: string;
  /** The document as it is; without a name, a new one. */
  document: object;
  name: string | null;
  /** Where it is put. */
  pathOf: (name: string) => string;
  touches: string[];
  onClose: () => void;
}

/** Edits a small document as text; the service checks it whole and names the field that is wrong. */
export function DocumentDialog({ title, document, name, pathOf, touches, onClose }: Props) {
  const [called, setCalled] = useState(name ?? '');
  const [text, setText] = useState(() => stringify(document, { lineWidth: 0 }));
  const [wrong, setWrong] = useState<string | null>(null);
  const keep = useChange<{ message?: string } | undefined>(touches);
  const submit = () => {
    let body: unknown;
    try {
      body = parse(text);
      setWrong(null);
    } catch (error) {
      return setWrong(sentenceOf(error));
    }
    const named = typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...body, name: called } : body;
    keep.mutateAsync({ method: 'PUT', path: pathOf(called), body: named }).then(answer => { tell(answer?.message ?? `${called} is kept.`); onClose(); }, () => undefined);
  };
  return (
    <Modal opened onClose={onClose} size="xl" title={<Text fw={600}>{title}</Text>}>
      <form onSubmit={event => { event.preventDefault(); submit(); }}>
        <Stack gap="sm">
          <TextInput label="Name" required readOnly={name !== null} value={called} onChange={event => setCalled(event.currentTarget.value)} spellCheck={false} />
          <YamlEditor label={title} value={text} onChange={setText} />
          {wrong && <Text size="sm" c="var(--bad)" role="alert">{wrong}</Text>}
          <ProblemNote error={keep.error} />
          <Group justify="flex-end" gap="xs"><Button variant="default" onClick={onClose}>Cancel</Button><Button type="submit" loading={keep.isPending}>Keep</Button></Group>
        </Stack>
      </form>
    </Modal>
  );
}
