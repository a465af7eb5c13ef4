import { Center, Loader, Modal } from '@mantine/core';
import { useEffect } from 'react';
import { useCell } from './api/cell';
import { acts, actsOf } from './api/acts';
import { areas, areasOf, features, operationsOf } from './api/features';
import { goLive } from './api/live';
import type { Session } from './api/management';
import { session } from './api/session';
import { api, wait } from './api/world';
import { SignIn } from './pages/SignIn';
import { Problem } from './api/problem';
import { Shell } from './Shell';
import { Toasts } from './parts/toasts';

/** Asks who is signed in, for as long as it takes until somebody answers. */
async function begin(signal: AbortSignal) {
  while (!signal.aborted) {
    try {
      session.open(await api.get<Session>('/session', { signal }));
      return;
    } catch (error) {
      if (error instanceof Problem && error.status >= 400 && error.status < 500) return session.none();
      await wait(2_000, signal);
    }
  }
}

async function readFeatures(signal: AbortSignal) {
  while (!signal.aborted && features.get() === null) {
    try {
      const response = await fetch('/openapi/v1.json', { signal });
      if (!response.ok) return;
      const document = (await response.json()) as Parameters<typeof operationsOf>[0];
      acts.set(actsOf(document));
      areas.set(areasOf(document));
      features.set(operationsOf(document));
    } catch {
      // Not there now: asked again.
    }
    if (features.get() === null) await wait(1_500, signal);
  }
}

export function App() {
  const { state, person } = useCell(session);
  const known = useCell(features);

  useEffect(() => {
    const stop = new AbortController();
    begin(stop.signal).catch(() => undefined);
    return () => stop.abort();
  }, []);

  const open = state === 'open';
  useEffect(() => {
    if (!open) return;
    const stop = new AbortController();
    readFeatures(stop.signal).catch(() => undefined);
    goLive(stop.signal).catch(() => undefined);
    return () => stop.abort();
  }, [open]);

  if (state === 'unknown' || (open && known === null)) return <Center h="100vh" role="status" aria-label="The console is loading"><Loader size="sm" /></Center>;
  if (state === 'none' || person === null) return <SignIn />;
  return (
    <>
      <Shell person={person} />
      <Toasts />
      <Modal opened={state === 'lost'} onClose={() => undefined} withCloseButton={false} title="Your session ended" closeOnEscape={false}>
        <SignIn again={person.name} />
      </Modal>
    </>
  );
}
