import { Alert, Button, CopyButton, Group } from '@mantine/core';

/** A secret that the service says only this once. */
export function ShownOnce({ text, onClose }: { text: string; onClose: () => void }) {
  return (
    <Alert m="sm" color="yellow" variant="outline" title="Copy it now: it is not shown again" withCloseButton closeButtonLabel="I have copied it" onClose={onClose} styles={{ title: { color: 'var(--warn)' } }}>
      <Group gap="xs"><span className="mono">{text}</span><CopyButton value={text}>{({ copied, copy }) => <Button size="compact-xs" variant="default" onClick={copy}>{copied ? 'Copied' : 'Copy'}</Button>}</CopyButton></Group>
    </Alert>
  );
}
