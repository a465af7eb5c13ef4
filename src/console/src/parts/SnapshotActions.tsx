import { Menu, Button, TextInput, Text, Select } from '@mantine/core';
import { useState } from 'react';
import { useSecondPerson } from '../api/acts';
import { path, withQuery } from '../api/client';
import { useCan } from '../api/features';
import { useChange } from '../api/hooks';
import type { SnapshotRow } from '../api/management';
import { ConfirmDialog } from './ConfirmDialog';
import { moment } from './format';
import { told } from './told';

type Asked = 'tags' | 'hold' | 'release' | 'forget' | 'back';

const needs: Record<Asked, string> = {
  tags: 'POST /snapshots/{id}/tags', hold: 'POST /snapshots/{id}/hold', release: 'DELETE /snapshots/{id}/hold', forget: 'DELETE /snapshots/{id}', back: 'POST /snapshots/{id}/bring-back',
};

const names: Record<Asked, string> = { tags: 'Tags…', hold: 'Put on hold…', release: 'Release…', forget: 'Forget…', back: 'Bring back…' };

/** What can be done with a snapshot as it is. */
function possible(row: SnapshotRow): Asked[] {
  if (row.status === 'forgotten') return ['back'];
  return row.status === 'held' ? ['tags', 'release'] : ['tags', 'hold', 'forget'];
}

/** Tags, holds, forgetting and bringing back of one snapshot. */
export function SnapshotActions({ row }: { row: SnapshotRow }) {
  const can = useCan();
  const [asked, setAsked] = useState<Asked | null>(null);
  const offered = possible(row).filter(act => can(needs[act]));
  if (offered.length === 0) return null;
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target><Button size="compact-xs" variant="default" aria-label={`Change ${row.id.slice(0, 8)}`}>Change</Button></Menu.Target>
        <Menu.Dropdown>{offered.map(act => <Menu.Item key={act} onClick={() => setAsked(act)}>{names[act]}</Menu.Item>)}</Menu.Dropdown>
      </Menu>
      {asked && <SnapshotDialog row={row} act={asked} onClose={() => setAsked(null)} />}
    </>
  );
}

function SnapshotDialog({ row, act, onClose }: { row: SnapshotRow; act: Asked; onClose: () => void }) {
  const [tags, setTags] = useState(row.tags.join(', '));
  const [delay, setDelay] = useState('7d');
  const secondPerson = useSecondPerson()(needs[act]);
  const change = useChange<{ message?: string }>(['/snapshots', '/vaults']);
  const short = row.id.slice(0, 8);
  const base = path`/snapshots/${row.id}`;
  const ends: Record<Asked, string> = { tags: '/tags', hold: '/hold', release: '/hold', forget: '', back: '/bring-back' };
  const make = async (reason: string) => {
    const answer = await change.mutateAsync({
      method: needs[act].startsWith('DELETE') ? 'DELETE' : 'POST', path: withQuery(base + ends[act], { vault: row.vault, delay: act === 'forget' ? delay : null }),
      body: act === 'tags' ? changedTags(row.tags, tags) : undefined, reason,
    });
    told(answer, 'Done.');
  };
  const verbs: Record<Asked, string> = { tags: 'Keep', hold: 'Put on hold', release: 'Release', forget: 'Forget', back: 'Bring back' };
  const destroys = act === 'forget' || act === 'release';
  return (
    <ConfirmDialog title={`${names[act].replace('…', '')}: ${short}`} verb={verbs[act]} typed={destroys ? short : undefined} secondPerson={secondPerson} onConfirm={make} onClose={onClose}>
      <Text size="sm">Snapshot of {row.host}, taken {moment(row.taken, true)}: {row.paths.join(', ')}</Text>
      {act === 'tags' && <TextInput label="Tags" description="Separated by commas." value={tags} onChange={event => setTags(event.currentTarget.value)} spellCheck={false} data-autofocus />}
      {act === 'hold' && <Text size="sm">While it is on hold no rule and nobody forgets it.</Text>}
      {act === 'release' && <Text size="sm">The rules of its policy count for it again, and may forget it soon.</Text>}
      {act === 'forget' && <Select label="It can be brought back for" value={delay} onChange={value => setDelay(value ?? '7d')} data={[{ value: '7d', label: '7 days' }, { value: '30d', label: '30 days' }, { value: '1d', label: '1 day' }, { value: '0s', label: 'not at all' }]} />}
      {act !== 'back' && act !== 'forget' && <Text size="xs" c="dimmed">A changed snapshot gets a new id.</Text>}
    </ConfirmDialog>
  );
}

/** What has to be added and taken off, so that the tags are those in the text. */
export function changedTags(before: string[], text: string): { add: string[]; remove: string[] } {
  const wanted = text.split(',').map(tag => tag.trim()).filter(Boolean);
  return { add: wanted.filter(tag => !before.includes(tag)), remove: before.filter(tag => !wanted.includes(tag)) };
}
