import { Button, Center, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useEffect, useState, type FormEvent } from 'react';
import type { Session } from '../api/management';
import { Problem } from '../api/problem';
import { session } from '../api/session';
import { api } from '../api/world';
import { cameFromInside } from '../parts/PageFrame';
import { ProblemNote } from '../parts/ProblemNote';

const show = { 'aria-label': 'Show the password' };
const shortest = 12;

/** Asks for name and password, and with a password that serves once for one's own; over the pages when a session ended in the middle of work. */
export function SignIn({ again }: { again?: string }) {
  const [name, setName] = useState(again ?? '');
  const [password, setPassword] = useState('');
  const [own, setOwn] = useState<{ first: string; second: string } | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const differ = own !== null && own.second !== '' && own.first !== own.second;
  useEffect(() => {
    if (again) return;
    document.title = 'Sign in · Holdfast';
    cameFromInside();
  }, [again]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (own && own.first !== own.second) return;
    setBusy(true);
    setError(null);
    try {
      session.open(await api.post<Session>('/session', { name, password, newPassword: own?.first ?? null }));
    } catch (thrown) {
      if (own === null && thrown instanceof Problem && thrown.code === 'session.password-used') setOwn({ first: '', second: '' });
      else {
        setError(thrown);
        if (own === null) setPassword('');
      }
    } finally {
      setBusy(false);
    }
  };

  const form = (
    <form onSubmit={event => void submit(event)}>
      <Stack gap="sm">
        {again && <Text size="sm">Sign in again to go on. What you typed is still there.</Text>}
        <TextInput label="Name" name="username" autoComplete="username" autoCapitalize="none" spellCheck={false} required value={name} onChange={event => setName(event.currentTarget.value)} readOnly={again !== undefined || own !== null} />
        {own === null
          ? <PasswordInput key="password" label="Password" name="password" autoComplete="current-password" required value={password} onChange={event => setPassword(event.currentTarget.value)} visibilityToggleButtonProps={show} />
          : (
            <>
              <Text size="sm" role="status">That password serves once. Choose your own.</Text>
              <PasswordInput key="first" label="New password" name="new-password" description={`At least ${shortest} characters.`} autoComplete="new-password" required minLength={shortest} value={own.first} onChange={event => setOwn({ ...own, first: event.currentTarget.value })} visibilityToggleButtonProps={show} autoFocus />
              <PasswordInput key="second" label="The same again" name="new-password-again" autoComplete="new-password" required value={own.second} onChange={event => setOwn({ ...own, second: event.currentTarget.value })} error={differ ? 'They differ.' : undefined} visibilityToggleButtonProps={show} />
            </>
          )}
        <ProblemNote error={error} />
        <Button type="submit" size="sm" loading={busy} disabled={differ}>Sign in</Button>
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
