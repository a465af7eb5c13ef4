import { Title } from '@mantine/core';
import { useId, type ReactNode } from 'react';

/** A titled part of a page. */
export function Panel({ title, actions, children, flush }: { title: string; actions?: ReactNode; children: ReactNode; flush?: boolean }) {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id}>
      <header>
        <Title order={2} id={id}>{title}</Title>
        {actions}
      </header>
      {flush ? children : <div className="inside">{children}</div>}
    </section>
  );
}
