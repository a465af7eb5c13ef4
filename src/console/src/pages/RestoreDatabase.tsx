import { Button, Group, Radio, Select, Stack, Stepper, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useList } from '../api/hooks';
import type { DatabaseInVault } from '../api/management';
import { useDraft } from '../parts/drafts';
import { bytes, moment } from '../parts/format';
import { PageFrame } from '../parts/PageFrame';
import { Panel } from '../parts/Panel';
import { ProblemNote } from '../parts/ProblemNote';
import { RestoreNode, RestoreRehearsal } from '../parts/RestoreRehearsal';
import { emptyDraft, isPlaced, keyOf, wantedOf, type DatabaseDraft } from './databaseDraft';

interface StepProps {
  databases: DatabaseInVault[];
  draft: DatabaseDraft;
  onChange: (draft: DatabaseDraft) => void;
}

/** Brings a database back: which and to what point, where to, what it would be made of, go. */
export function RestoreDatabase({ vault }: { vault: string }) {
  const found = useList<DatabaseInVault>('/databases', { vault });
  const [step, setStep] = useState(0);
  const [draft, setDraft, clear] = useDraft<DatabaseDraft>(`restore-database.${vault}`, emptyDraft);
  const wanted = wantedOf(draft, found.items);
  const ready = [true, wanted !== null, wanted !== null && isPlaced(draft)];
  const reach = (to: number) => { if (ready[to]) setStep(to); };
  return (
    <PageFrame title="Restore a database" trail={[{ to: '/vaults', text: 'Vaults' }]} lead={`From vault ${vault}. Nothing is written before the last step, and never over a database that is there.`}>
      <Panel title="Restore">
        <Stepper active={step} onStepClick={reach} size="xs" mb="md">
          <Stepper.Step label="What" description={wanted?.name} />
          <Stepper.Step label="Where to" />
          <Stepper.Step label="Dry run" />
        </Stepper>
        <ProblemNote error={found.error} />
        {!found.pending && !found.error && found.items.length === 0 && <Text size="sm">There is no backup of a database in this vault.</Text>}
        {step === 0 && found.items.length > 0 && <What databases={found.items} draft={draft} onChange={setDraft} />}
        {step === 1 && <Where databases={found.items} draft={draft} onChange={setDraft} />}
        {step === 2 && wanted && (
          <RestoreRehearsal request={{ vault, database: wanted, target: draft.target, node: draft.node }} done={clear}
            facts={[['Database', wanted.only ? `${wanted.only} of ${wanted.name}` : wanted.name], ['As of', asOf(draft, found.items)], ['On', draft.node], ['To', draft.target]]} />
        )}
        <Group justify="flex-end" gap="xs" mt="md">
          {step > 0 && <Button variant="default" onClick={() => setStep(step - 1)}>Back</Button>}
          {step < 2 && <Button disabled={!ready[step + 1]} onClick={() => setStep(step + 1)}>Next</Button>}
        </Group>
      </Panel>
    </PageFrame>
  );
}

function asOf(draft: DatabaseDraft, databases: DatabaseInVault[]): string {
  if (draft.point === 'time') return moment(draft.time, true);
  const base = databases.flatMap(database => database.bases).find(item => item.snapshot === draft.base);
  return draft.point === 'base' ? `the end of the backup of ${moment(base?.taken, true)}` : 'the latest that the vault has';
}

function What({ databases, draft, onChange }: StepProps) {
  const chosen = databases.find(item => keyOf(item) === draft.key);
  const choose = (key: string | null) => onChange({ ...draft, key: key ?? '', base: '', point: 'latest' });
  return (
    <Stack gap="sm" maw={560}>
      <Select label="Database" required value={draft.key || null} onChange={choose} data={databases.map(item => ({ value: keyOf(item), label: `${item.name} (${item.engine}, last backup ${moment(item.latest)})` }))} />
      {chosen && (
        <Radio.Group label="As of" value={draft.point} onChange={point => onChange({ ...draft, point: point as DatabaseDraft['point'] })}>
          <Stack gap={6} mt={6}>
            <Radio value="latest" label="The latest" description={`The newest backup is of ${moment(chosen.latest, true)}.`} />
            {chosen.anyPoint && <Radio value="time" label="A moment" description={`From the end of the oldest base backup, begun ${moment(chosen.bases.at(-1)?.taken, true)}.`} />}
            {chosen.bases.length > 0 && <Radio value="base" label="The end of a base backup" />}
          </Stack>
        </Radio.Group>
      )}
      {chosen && draft.point === 'time' && <TextInput type="datetime-local" step={1} label="Moment" description="In this browser’s time zone." required value={draft.time} onChange={event => onChange({ ...draft, time: event.currentTarget.value })} />}
      {chosen && draft.point === 'base' && (
        <Select label="Base backup" required value={draft.base || null} onChange={base => onChange({ ...draft, base: base ?? '' })} data={chosen.bases.map(base => ({ value: base.snapshot, label: `${moment(base.taken, true)}, ${bytes(base.bytes)}` }))} />
      )}
    </Stack>
  );
}

function Where({ draft, onChange }: StepProps) {
  return (
    <Stack gap="sm" maw={560}>
      <RestoreNode value={draft.node} onChange={node => onChange({ ...draft, node })} />
      <Radio.Group label="As" value={draft.dump ? 'dump' : 'folder'} onChange={value => onChange({ ...draft, dump: value === 'dump' })}>
        <Stack gap={6} mt={6}>
          <Radio value="folder" label="The server’s data folder" description="A server that is started on it recovers to that moment by itself." />
          <Radio value="dump" label="A dump of one database in it" description="Written by a server that runs on a copy for a while, which needs room in /var/tmp." />
        </Stack>
      </Radio.Group>
      {draft.dump && (
        <>
          <TextInput label="Database in it" required value={draft.only} onChange={event => onChange({ ...draft, only: event.currentTarget.value })} spellCheck={false} />
          <TextInput label="Only these tables" description="Separated by commas; all when it is empty." value={draft.tables} onChange={event => onChange({ ...draft, tables: event.currentTarget.value })} spellCheck={false} />
        </>
      )}
      <TextInput label={draft.dump ? 'File' : 'Folder'} required description={draft.dump ? 'It must not be there yet.' : 'Empty, or not there yet.'} placeholder={draft.dump ? '/srv/shop.sql' : '/srv/restored'} value={draft.target} spellCheck={false}
        error={draft.target !== '' && (!draft.target.startsWith('/') || draft.target === '/') ? 'It must begin with / and be more than that.' : undefined} onChange={event => onChange({ ...draft, target: event.currentTarget.value })} />
    </Stack>
  );
}
