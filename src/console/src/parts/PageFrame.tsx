import { Group, Stack, Text, Title } from '@mantine/core';
import { useEffect, useRef, type ReactNode } from 'react';
import { Link } from './router';

interface Props {
  title: string;
  /** The pages above this one. */
  trail?: { to: string; text: string }[];
  badge?: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

// Who loads the console begins at its top, where the way past the navigation is.
let first = true;

/** Says that somebody came by another way than an address: from signing in. */
export const cameFromInside = () => {
  first = false;
};

/** The frame of every page. Coming to a page from another puts the focus on its title, so that a screen reader says where one is. */
export function PageFrame({ title, trail = [], badge, lead, actions, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Holdfast`;
    if (!first) heading.current?.focus({ preventScroll: true });
    first = false;
  }, [title]);
  return (
    <Stack gap="md">
      <Stack gap={4}>
        {trail.length > 0 && (
          <nav aria-label="Where you are">
            <Text size="xs" c="dimmed">{trail.map(step => <span key={step.to}><Link to={step.to}>{step.text}</Link> / </span>)}</Text>
          </nav>
        )}
        <Group justify="space-between" align="center" gap="sm">
          <Group gap="sm">
            <Title order={1} ref={heading} tabIndex={-1} style={{ overflowWrap: 'anywhere' }}>{title}</Title>
            {badge}
          </Group>
          {actions && <Group gap="xs">{actions}</Group>}
        </Group>
        {lead && <Text c="dimmed" size="sm" component="div" maw={820}>{lead}</Text>}
      </Stack>
      {children}
    </Stack>
  );
}
