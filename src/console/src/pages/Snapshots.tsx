import { Button } from '@mantine/core';
import { useCan } from '../api/features';
import { useList } from '../api/hooks';
import type { Vault } from '../api/management';
import { Filters, useFilters } from '../parts/Filters';
import { PageFrame } from '../parts/PageFrame';
import { go } from '../parts/router';
import { SnapshotTable } from '../parts/SnapshotTable';

/** All snapshots of all vaults. */
export function Snapshots() {
  const can = useCan();
  const vaults = useList<Vault>(can('GET /vaults') ? '/vaults' : null).items.map(vault => vault.name);
  const filters = [{ name: 'vault', label: 'Vault', ...(vaults.length > 0 ? { choices: vaults } : {}) }, { name: 'thing', label: 'Thing' }, { name: 'host', label: 'Host' }, { name: 'node', label: 'Machine' }];
  const query = useFilters(filters);
  return (
    <PageFrame title="Snapshots" actions={can('GET /vaults/{name}/files') && <Button variant="default" onClick={() => go('/find')}>Find a file…</Button>}>
      <Filters of={filters} />
      <div className="panel"><SnapshotTable query={query} /></div>
    </PageFrame>
  );
}
