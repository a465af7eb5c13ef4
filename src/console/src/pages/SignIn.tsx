import { Button, Center, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useEffect, useState, type FormEvent } from 'react';
import type { Session } from '../api/management';
import { session } from '../api/session';
import { api } from '../api/world';
import { ProblemNote } from '../parts/ProblemNote';

/** Asks for name and password; over the pages when a session ended in the middle of work. */
export function SignIn({ again }: { again?: string }) {
  const [name, setName] = useState(again ?? '');
  const [password, setPassword] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (!again) document.title = 'Sign in · Holdfast';
  }, [again]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      session.open(await api.post<Session>('/session', { name, password }));
    } catch (thrown) {
      setError(thrown);
      setPassword('');
    } finally {
      setBusy(false);
    }
  };

  const form = (
    <form onSubmit={event => void submit(event)}>
      <Stack gap="sm">
        {again && <Text size="sm">Sign in again to go on. What you typed is still there.</Text>}
        <TextInput label="Name" name="username" autoComplete="username" autoCapitalize="none" spellCheck={false} required value={name} onChange={event => setName(event.currentTarget.value)} readOnly={again !== undefined} data-autofocus={again ? undefined : true} />
        <PasswordInput label="Password" name="password" autoComplete="current-password" required value={password} onChange={event => setPassword(event.currentTarget.value)} visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }} />
        <ProblemNote error={error} />
        <Button type="submit" size="sm" loading={busy}>Sign in</Button>
      </Stack>
    </form>
  );
  if (again) return form;
  return (
    <Center component="main" mih="100vh" p="md">
      <Paper withBorder p="xl" w="100%" maw={380} radius="md">
        <Stack gap="lg">
          <div>
            <Title order={1}>Holdfast</Title>
            <Text c="dimmed" size="sm">Sign in to this cluster.</Text>
          </div>
          {form}
        </Stack>
      </Paper>
    </Center>
  );
}
