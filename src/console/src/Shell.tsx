import { AppShell, Box, Burger, Group, Menu, ActionIcon, Text, UnstyledButton, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Suspense, useEffect } from 'react';
import { useCell } from './api/cell';
import { useCan } from './api/features';
import { queries, useGet } from './api/hooks';
import type { Overview, Session } from './api/management';
import { session } from './api/session';
import { api } from './api/world';
import { AsksForMe } from './parts/AsksForMe';
import { Banner } from './parts/Banner';
import { Lights } from './parts/Lights';
import { MoonIcon, SunIcon, UserIcon } from './parts/icons';
import { Link, usePlace } from './parts/router';
import { State } from './parts/Badge';
import { Crashed } from './parts/Crashed';
import { connection } from './api/live';
import { sections } from './sections';
import { Pages } from './Pages';

async function signOut() {
  try {
    await api.delete('/session');
  } finally {
    session.none();
    queries.clear();
  }
}

/** Header, navigation and the page. */
export function Shell({ person }: { person: Session }) {
  const [opened, { toggle, close }] = useDisclosure(false);
  const place = usePlace();
  const can = useCan();
  const { state } = useCell(connection);
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const overview = useGet<Overview>('/overview', {}, 30_000).data;
  useEffect(close, [place.path, close]);
  const current = (to: string) => (to === '/' ? place.path === '/' : place.path === to || place.path.startsWith(`${to}/`));

  return (
    <AppShell header={{ height: 48 }} navbar={{ width: 224, breakpoint: 'sm', collapsed: { mobile: !opened } }} padding={{ base: 'sm', sm: 'md' }}>
      <a className="skip" href="#page">Skip to the page</a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="sm">
          <Group gap="sm" wrap="nowrap" style={{ minWidth: 0 }}>
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={opened ? 'Close the navigation' : 'Open the navigation'} />
            <Link to="/" style={{ color: 'inherit', display: 'flex', alignItems: 'center', gap: 8, minWidth: 0 }}>
              <Box component="img" src="/favicon.svg" w={22} h={22} alt="" visibleFrom="sm" />
              <Text fw={650} truncate>{overview?.cluster.name ?? 'Holdfast'}</Text>
            </Link>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Lights overview={overview} connected={state === 'live'} />
            <ActionIcon visibleFrom="sm" aria-label={scheme === 'dark' ? 'Use light colours' : 'Use dark colours'} onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}>
              {scheme === 'dark' ? <SunIcon size={18} /> : <MoonIcon size={18} />}
            </ActionIcon>
            <Menu position="bottom-end">
              <Menu.Target>
                <UnstyledButton aria-label={`Signed in as ${person.name}`}><Group gap={6} wrap="nowrap"><UserIcon size={20} /><Text size="sm" visibleFrom="sm">{person.name}</Text></Group></UnstyledButton>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Label>{person.name}, {person.level}</Menu.Label>
                <Menu.Item hiddenFrom="sm" onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}>{scheme === 'dark' ? 'Use light colours' : 'Use dark colours'}</Menu.Item>
                <Menu.Item onClick={() => void signOut()}>Sign out</Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className="nav" p="xs" style={{ overflowY: 'auto' }} aria-label="Pages">
        {sections.map(section => {
          const shown = section.pages.filter(page => page.needs === undefined || can(page.needs));
          return shown.length === 0 ? null : (
            <div key={section.title}>
              {section.title && <h2>{section.title}</h2>}
              {shown.map(page => (
                <Link key={page.to} to={page.to} aria-current={current(page.to) ? 'page' : undefined}>
                  <page.icon size={17} stroke={1.7} aria-hidden /> {page.text}
                  {page.to === '/alerts' && overview && (overview.alerts.open ?? 0) > 0 && <span className="count"><State of="open" tone={overview.alerts.critical ? 'bad' : 'warn'} text={`${overview.alerts.open} open`} plain /></span>}
                  {page.to === '/approvals' && (overview?.approvals?.waiting ?? 0) > 0 && <span className="count"><State of="waiting" tone={overview?.approvals?.forMe ? 'warn' : 'calm'} text={`${overview?.approvals?.waiting} waiting`} plain /></span>}
                </Link>
              ))}
            </div>
          );
        })}
      </AppShell.Navbar>
      <AppShell.Main id="page" style={{ background: 'var(--hf-canvas)' }}>
        <Banner />
        <AsksForMe overview={overview} />
        <Crashed key={place.path}>
          <Suspense fallback={<div role="status" aria-label="The page is loading" />}>
            <Pages />
          </Suspense>
        </Crashed>
      </AppShell.Main>
    </AppShell>
  );
}
