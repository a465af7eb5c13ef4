import { Anchor, Breadcrumbs, Button, Checkbox, Group, Radio, Stack, Stepper, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { path } from '../api/client';
import { useCan } from '../api/features';
import { usePaged } from '../api/hooks';
import type { FileEntry } from '../api/management';
import { DataTable } from '../parts/DataTable';
import { bytes, count, moment } from '../parts/format';
import { PageFrame } from '../parts/PageFrame';
import { Panel } from '../parts/Panel';
import { RestoreNode, RestoreRehearsal } from '../parts/RestoreRehearsal';
import { go } from '../parts/router';
import { useDraft } from '../parts/drafts';
import { below, folderOf, isFolder, joinPath, toggled } from './paths';

interface Choice {
  paths: string[];
  inPlace: boolean;
  target: string;
  node: string;
}

/** Brings something back: what, where to, what would change, go. */
export function Restore({ vault, snapshot }: { vault: string; snapshot: string }) {
  const [step, setStep] = useState(0);
  const [choice, setChoice, clear] = useDraft<Choice>(`restore.${vault}.${snapshot}`, { paths: [], inPlace: false, target: '', node: '' });
  const can = useCan();
  const placed = choice.node !== '' && (choice.inPlace || choice.target.startsWith('/'));
  return (
    <PageFrame title={`Restore from ${snapshot.slice(0, 8)}`} trail={[{ to: '/snapshots', text: 'Snapshots' }]} lead={`Snapshot in vault ${vault}. Nothing is written before the last step.`}
      actions={can('GET /databases') && <Button variant="default" onClick={() => go(path`/restore-database/${vault}`)}>A database instead…</Button>}>
      <Panel title="Restore">
        <Stepper active={step} onStepClick={to => { if (to < 1 || choice.paths.length > 0) setStep(to === 2 && !placed ? 1 : to); }} size="xs" mb="md">
          <Stepper.Step label="What" description={choice.paths.length > 0 ? count(choice.paths.length, 'item') : undefined} />
          <Stepper.Step label="Where to" />
          <Stepper.Step label="Dry run" />
        </Stepper>
        {step === 0 && <Browse vault={vault} snapshot={snapshot} chosen={choice.paths} onChange={paths => setChoice({ ...choice, paths })} />}
        {step === 1 && <Where choice={choice} onChange={setChoice} />}
        {step === 2 && (
          <RestoreRehearsal request={{ vault, snapshot, paths: choice.paths, target: choice.inPlace ? '/' : choice.target, node: choice.node }} overwrites={choice.inPlace} done={clear}
            facts={[['What', choice.paths.join(', ')], ['On', choice.node], ['To', choice.inPlace ? 'where it came from' : choice.target]]} />
        )}
        <Group justify="flex-end" gap="xs" mt="md">
          {step > 0 && <Button variant="default" onClick={() => setStep(step - 1)}>Back</Button>}
          {step < 2 && <Button disabled={step === 0 ? choice.paths.length === 0 : !placed} onClick={() => setStep(step + 1)}>Next</Button>}
        </Group>
      </Panel>
    </PageFrame>
  );
}

function Browse({ vault, snapshot, chosen, onChange }: { vault: string; snapshot: string; chosen: string[]; onChange: (paths: string[]) => void }) {
  const [folder, setFolder] = useState('/');
  const files = usePaged<FileEntry>(path`/snapshots/${snapshot}/files`, row => row.name, { vault, path: folder }, 500);
  const steps = folder.split('/').filter(Boolean);
  return (
    <Stack gap="xs">
      <Breadcrumbs aria-label="Folder">
        <Anchor component="button" type="button" size="sm" onClick={() => setFolder('/')}>Top</Anchor>
        {steps.map((step, i) => <Anchor key={i} component="button" type="button" size="sm" onClick={() => setFolder(`/${steps.slice(0, i + 1).join('/')}`)}>{step}</Anchor>)}
      </Breadcrumbs>
      <div className="panel">
        <DataTable<FileEntry> label={`Files in ${folder}`} rows={files.items} error={files.error} pending={files.pending} more={files.more} loadingMore={files.loadingMore} rowKey={row => row.name} empty="The folder is empty." columns={[
          { title: 'Take', look: 'tight', cell: row => {
            const full = joinPath(folder, row.name);
            const implied = chosen.some(other => other !== full && below(full, other));
            return <Checkbox size="xs" aria-label={`Restore ${row.name}`} checked={implied || chosen.includes(full)} disabled={implied} onChange={() => onChange(toggled(chosen, full))} />;
          } },
          { title: 'Name', cell: row => (isFolder(row.kind) ? <Anchor component="button" type="button" size="sm" onClick={() => setFolder(joinPath(folder, row.name))}>{row.name}/</Anchor> : row.name) },
          { title: 'Size', cell: row => (isFolder(row.kind) ? '' : bytes(row.size)), look: 'right' },
          { title: 'Modified', cell: row => moment(row.modified), look: 'tight' },
          { title: 'Owner', cell: row => row.owner ?? '–' },
          { title: 'Mode', cell: row => <span className="mono">{row.mode ?? '–'}</span>, look: 'tight' },
        ]} />
      </div>
      {chosen.length > 0 && (
        <div>
          <Text size="sm" fw={600}>Chosen</Text>
          {chosen.map(item => <Group key={item} gap={6}><span className="mono">{item}</span><Button size="compact-xs" variant="default" aria-label={`Do not restore ${item}`} onClick={() => onChange(chosen.filter(other => other !== item))}>Remove</Button><Text size="xs" c="dimmed">{folderOf(item)}</Text></Group>)}
        </div>
      )}
    </Stack>
  );
}

function Where({ choice, onChange }: { choice: Choice; onChange: (choice: Choice) => void }) {
  return (
    <Stack gap="sm" maw={560}>
      <RestoreNode value={choice.node} onChange={node => onChange({ ...choice, node })} />
      <Radio.Group label="To" value={choice.inPlace ? 'place' : 'folder'} onChange={value => onChange({ ...choice, inPlace: value === 'place' })}>
        <Stack gap={6} mt={6}>
          <Radio value="folder" label="A folder of its own" description="Nothing that is there now is touched." />
          <Radio value="place" label="Where it came from" description="What differs is written over. The dry run shows it." />
        </Stack>
      </Radio.Group>
      {!choice.inPlace && <TextInput label="Folder" required placeholder="/srv/restored" value={choice.target} error={choice.target !== '' && !choice.target.startsWith('/') ? 'It must begin with /.' : undefined} onChange={event => onChange({ ...choice, target: event.currentTarget.value })} spellCheck={false} />}
    </Stack>
  );
}
