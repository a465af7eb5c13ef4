import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useCan } from '../api/features';
import { usePaged } from '../api/hooks';
import type { AlertRow } from '../api/management';
import { State } from '../parts/Badge';
import { DataTable } from '../parts/DataTable';
import { Details } from '../parts/Details';
import { Filters, useFilters } from '../parts/Filters';
import { moment } from '../parts/format';
import { When } from '../parts/When';
import { AcknowledgeDialog } from './AcknowledgeDialog';
import { MuteDialog } from './Mutes';

const filters = [{ name: 'state', label: 'State', choices: ['open', 'acknowledged', 'closed'] }];

/** Alerts, newest first. */
export function AlertList() {
  const can = useCan();
  const query = useFilters(filters);
  const alerts = usePaged<AlertRow>('/alerts', row => row.id, query);
  const [acknowledging, setAcknowledging] = useState<AlertRow | null>(null);
  const [muting, setMuting] = useState<string | null>(null);
  return (
    <Stack gap="sm">
      <Filters of={filters} />
      <div className="panel">
        <DataTable<AlertRow> label="Alerts" rows={alerts.items} error={alerts.error} pending={alerts.pending} more={alerts.more} loadingMore={alerts.loadingMore} rowKey={row => row.id} empty={query.state ? `No alert is ${query.state}.` : 'There were no alerts.'} columns={[
          { title: 'Severity', cell: row => <State of={row.severity} />, look: 'tight' },
          { title: 'Subject', cell: row => row.subject },
          { title: 'What happened', look: 'wide', cell: row => <>{row.sentence}{row.hint && <Text size="xs" c="dimmed">{row.hint}</Text>}</> },
          { title: 'State', cell: row => <Group gap={4}><State of={row.state} tone={row.state === 'open' ? 'warn' : 'calm'} />{row.flapping && <State of="flapping" tone="warn" plain />}</Group>, look: 'tight' },
          { title: 'Since', cell: row => <When at={row.opened} />, look: 'tight' },
          { title: 'Times', cell: row => row.count, look: 'right' },
          { title: '', cell: row => (
            <Group gap={6} wrap="nowrap">
              {row.state === 'open' && can('POST /alerts/{id}/acknowledge') && <Button size="compact-xs" variant="default" aria-label={`Acknowledge ${row.subject}`} onClick={() => setAcknowledging(row)}>Acknowledge</Button>}
              {row.state !== 'closed' && can('POST /mutes') && <Button size="compact-xs" variant="default" aria-label={`Mute ${row.subject}`} onClick={() => setMuting(row.subject)}>Mute</Button>}
              <Details label={`Alert about ${row.subject}`} facts={[
                ['What happened', row.sentence], ['Because', row.because], ['What to do', row.hint], ['Rule', row.rule], ['Opened', moment(row.opened, true)], ['Last', moment(row.last, true)], ['Times', row.count],
                ['Acknowledged by', row.acknowledgedBy], ['Closed', moment(row.closed, true)],
              ]} />
            </Group>
          ) },
        ]} />
      </div>
      {acknowledging && <AcknowledgeDialog alert={acknowledging} onClose={() => setAcknowledging(null)} />}
      {muting !== null && <MuteDialog subject={muting} onClose={() => setMuting(null)} />}
    </Stack>
  );
}
