import { Tabs } from '@mantine/core';
import { useCan } from '../api/features';
import { PageFrame } from '../parts/PageFrame';
import { setQuery, usePlace } from '../parts/router';
import { AlertList } from './AlertList';
import { Channels, Rules } from './AlertSetup';
import { Mutes } from './Mutes';

/** What is wrong, and who is told. */
export function Alerts() {
  const can = useCan();
  const tab = usePlace().query.get('tab') ?? 'alerts';
  return (
    <PageFrame title="Alerts">
      <Tabs value={tab} onChange={value => setQuery({ tab: value })} keepMounted={false}>
        <Tabs.List mb="sm">
          <Tabs.Tab value="alerts">Alerts</Tabs.Tab>
          {can('GET /mutes') && <Tabs.Tab value="mutes">Mutes</Tabs.Tab>}
          {can('GET /alert-rules') && <Tabs.Tab value="rules">Rules</Tabs.Tab>}
          {can('GET /channels') && <Tabs.Tab value="channels">Channels</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="alerts"><AlertList /></Tabs.Panel>
        <Tabs.Panel value="mutes"><Mutes /></Tabs.Panel>
        <Tabs.Panel value="rules"><Rules /></Tabs.Panel>
        <Tabs.Panel value="channels"><Channels /></Tabs.Panel>
      </Tabs>
    </PageFrame>
  );
}
