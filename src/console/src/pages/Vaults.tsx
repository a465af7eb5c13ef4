import { Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { path } from '../api/client';
import { useCan } from '../api/features';
import { useChange, useList } from '../api/hooks';
import type { Vault } from '../api/management';
import { Act } from '../parts/Act';
import { DataTable } from '../parts/DataTable';
import { PageFrame } from '../parts/PageFrame';
import { ProblemNote } from '../parts/ProblemNote';
import { go } from '../parts/router';
import { tell } from '../parts/toasts';
import { useCluster } from '../parts/useCluster';
import { When } from '../parts/When';

/** Where snapshots are kept. */
export function Vaults() {
  const can = useCan();
  const vaults = useList<Vault>('/vaults');
  const [edited, setEdited] = useState<Vault | null>(null);
  return (
    <PageFrame title="Vaults" actions={can('PUT /vaults/{name}') && <Button onClick={() => setEdited({ name: '', location: '', passwordFile: '' })}>Add vault…</Button>}>
      <div className="panel">
        <DataTable<Vault> label="Vaults" rows={vaults.items} error={vaults.error} pending={vaults.pending} rowKey={row => row.name} empty="No vault is known here. Jobs may name one by its path all the same." columns={[
          { title: 'Vault', cell: row => row.name, look: 'tight' },
          { title: 'Location', cell: row => <span className="mono">{row.location}</span> },
          { title: 'Password file', cell: row => <span className="mono">{row.passwordFile}</span> },
          { title: 'Asked on', cell: row => row.node ?? 'any node' },
          { title: 'Snapshots', cell: row => row.snapshots ?? '–', look: 'right' },
          { title: 'Listed', cell: row => <><When at={row.listed} />{row.trouble && <Text size="xs" c="var(--bad)">{row.trouble}</Text>}</> },
          { title: '', cell: row => (
            <Group gap={6}>
              <Act size="compact-xs" needs="POST /vaults/{name}/test" label={`Test ${row.name}`} change={{ method: 'POST', path: path`/vaults/${row.name}/test` }} touches={['/vaults', '/snapshots']}>Test</Act>
              <Act size="compact-xs" needs="POST /vaults/{name}/catalogue" label={`Read catalogue of ${row.name}`} change={{ method: 'POST', path: path`/vaults/${row.name}/catalogue` }} touches={['/snapshots', '/vaults']}>Read catalogue</Act>
              {can('GET /databases') && can('POST /restores') && <Button size="compact-xs" variant="default" aria-label={`Restore a database of ${row.name}`} onClick={() => go(path`/restore-database/${row.name}`)}>Restore database…</Button>}
              {can('PUT /vaults/{name}') && <Button size="compact-xs" variant="default" aria-label={`Edit ${row.name}`} onClick={() => setEdited(row)}>Edit</Button>}
              <Act size="compact-xs" needs="DELETE /vaults/{name}" label={`Forget ${row.name}`} change={{ method: 'DELETE', path: path`/vaults/${row.name}` }} touches={['/vaults']}
                confirm={{ title: `Forget ${row.name}`, verb: 'Forget', typed: row.name, children: <Text size="sm">The vault and its snapshots stay where they are; Holdfast no longer knows of them, and policies that name it stop.</Text> }}>Forget</Act>
            </Group>
          ) },
        ]} />
      </div>
      {edited && <VaultDialog vault={edited} onClose={() => setEdited(null)} />}
    </PageFrame>
  );
}

function VaultDialog({ vault, onClose }: { vault: Vault; onClose: () => void }) {
  const [name, setName] = useState(vault.name);
  const [location, setLocation] = useState(vault.location);
  const [passwordFile, setPasswordFile] = useState(vault.passwordFile);
  const [node, setNode] = useState(vault.node ?? null);
  const nodes = useCluster().data?.nodes.map(item => item.name) ?? [];
  const keep = useChange<{ message?: string } | undefined>(['/vaults', '/snapshots']);
  const submit = () => keep.mutateAsync({ method: 'PUT', path: path`/vaults/${name}`, body: { location, passwordFile, node } }).then(answer => { tell(answer?.message ?? 'Kept.'); onClose(); }, () => undefined);
  return (
    <Modal opened onClose={onClose} title={<Text fw={600}>{vault.name ? `Edit ${vault.name}` : 'Add a vault'}</Text>}>
      <form onSubmit={event => { event.preventDefault(); void submit(); }}>
        <Stack gap="sm">
          <TextInput label="Name" required value={name} readOnly={vault.name !== ''} onChange={event => setName(event.currentTarget.value)} spellCheck={false} />
          <TextInput label="Location" required description="A folder, rest:https://…, or s3:…" value={location} onChange={event => setLocation(event.currentTarget.value)} spellCheck={false} />
          <TextInput label="Password file" required description="On every node that uses the vault, readable by root alone." value={passwordFile} onChange={event => setPasswordFile(event.currentTarget.value)} spellCheck={false} />
          <Select label="Asked on" description="For a vault that not every node reaches." data={nodes} value={node} onChange={setNode} clearable allowDeselect placeholder="any node" clearButtonProps={{ 'aria-label': 'Any node' }} />
          <ProblemNote error={keep.error} />
          <Group justify="flex-end" gap="xs"><Button variant="default" onClick={onClose}>Cancel</Button><Button type="submit" loading={keep.isPending}>Keep</Button></Group>
        </Stack>
      </form>
    </Modal>
  );
}
