import { Button, Group, Select, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { path } from '../api/client';
import { useCan } from '../api/features';
import { useList } from '../api/hooks';
import type { FoundFile, Vault } from '../api/management';
import { DataTable } from '../parts/DataTable';
import { bytes, moment } from '../parts/format';
import { PageFrame } from '../parts/PageFrame';
import { Link, setQuery, usePlace } from '../parts/router';

const most = 500;

/** Finds files in all snapshots of a vault. What was asked for is in the address. */
export function Find() {
  const can = useCan();
  const { query } = usePlace();
  const [asked, of] = [query.get('pattern') ?? '', query.get('vault') ?? ''];
  const vaults = useList<Vault>('/vaults').items.map(vault => vault.name);
  const [vault, setVault] = useState(of);
  const [pattern, setPattern] = useState(asked);
  const ready = vault !== '' && pattern.trim() !== '';
  const found = useList<FoundFile>(asked && of ? path`/vaults/${of}/files` : null, { pattern: asked });
  return (
    <PageFrame title="Find a file" trail={[{ to: '/snapshots', text: 'Snapshots' }]}>
      <form onSubmit={event => { event.preventDefault(); if (ready) setQuery({ vault, pattern: pattern.trim() }); }}>
        <Group gap="xs" align="flex-end" mb="sm">
          <Select size="xs" label="Vault" w={180} data={vaults} value={vault || null} onChange={value => setVault(value ?? '')} />
          <TextInput size="xs" label="Name" description="With * and ?; with a slash, the whole path." w={300} value={pattern} onChange={event => setPattern(event.currentTarget.value)} spellCheck={false} />
          <Button size="xs" type="submit" disabled={!ready} loading={found.pending}>Find</Button>
        </Group>
      </form>
      {asked && of && (
        <div className="panel">
          {found.items.length > most && <div className="inside"><Text size="sm">{found.items.length} were found; these are the first {most}. A narrower pattern finds fewer.</Text></div>}
          <DataTable<FoundFile> label={`Files like ${asked}`} rows={found.items.slice(0, most)} error={found.error} pending={found.pending} rowKey={row => `${row.snapshot}${row.path}`} empty="No snapshot has such a file." columns={[
            { title: 'Path', cell: row => <span className="mono">{row.path}</span> },
            { title: 'Size', cell: row => bytes(row.size), look: 'right' },
            { title: 'Modified', cell: row => moment(row.modified), look: 'tight' },
            { title: 'Snapshot', cell: row => (can('POST /restores') ? <Link to={path`/restore/${of}/${row.snapshot}`}>{row.snapshot.slice(0, 8)}</Link> : row.snapshot.slice(0, 8)), look: 'tight' },
          ]} />
        </div>
      )}
    </PageFrame>
  );
}
