import { Button, Group, Select, Stack, Text } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { path } from '../api/client';
import { useChange } from '../api/hooks';
import type { RestoreAnswer, RestoreRequest } from '../api/management';
import { ConfirmDialog } from './ConfirmDialog';
import { DataTable } from './DataTable';
import { Facts } from './Facts';
import { bytes, figure, words } from './format';
import { ProblemNote } from './ProblemNote';
import { go } from './router';
import { told } from './told';
import { useCluster } from './useCluster';

interface Props {
  request: Omit<RestoreRequest, 'dryRun'>;
  facts: [string, ReactNode][];
  /** It is written over what is there. */
  overwrites?: boolean;
  done: () => void;
}

/** The last step of a restore: what it would do, and then doing it. */
export function RestoreRehearsal({ request, facts, overwrites, done }: Props) {
  const dry = useChange<RestoreAnswer>();
  const real = useChange<RestoreAnswer>(['/operations', '/jobs']);
  const [asking, setAsking] = useState(false);
  const restore = async () => {
    const answer = await real.mutateAsync({ method: 'POST', path: '/restores', body: { ...request, dryRun: false } });
    done();
    if (!told(answer, 'The restore began.')) return go('/approvals');
    const operation = answer?.operation;
    go(operation ? path`/operations/${operation}` : '/jobs?tab=runs');
  };
  return (
    <Stack gap="sm">
      <Facts of={facts} />
      <Group gap="xs">
        <Button variant="default" loading={dry.isPending} onClick={() => dry.mutate({ method: 'POST', path: '/restores', body: { ...request, dryRun: true } })}>Dry run</Button>
        <Button disabled={!dry.data} loading={real.isPending} onClick={() => (overwrites ? setAsking(true) : void restore().catch(() => undefined))}>Restore</Button>
      </Group>
      <div aria-live="polite">
        <ProblemNote error={dry.error ?? real.error} />
        {dry.data && (
          <div className="panel">
            {dry.data.reason && <div className="inside"><Text size="sm">{dry.data.reason}</Text></div>}
            {dry.data.figures && <div className="inside"><Facts of={Object.entries(dry.data.figures).map(([name, value]) => [words(name), figure(name, value)])} /></div>}
            <DataTable label="What would change" rows={dry.data.changes ?? []} rowKey={row => row.path} empty="No list of changes was given." columns={[
              { title: 'Change', cell: row => row.action, look: 'tight' },
              { title: 'Path', cell: row => <span className="mono">{row.path}</span> },
              { title: 'Size', cell: row => bytes(row.size), look: 'right' },
            ]} />
          </div>
        )}
      </div>
      {asking && <ConfirmDialog title="Write over what is there" verb="Restore" typed={request.node} onConfirm={restore} onClose={() => setAsking(false)}><Text size="sm">Files on {request.node} that differ from the snapshot are written over.</Text></ConfirmDialog>}
    </Stack>
  );
}

/** The machine to restore on: one that is up. */
export function RestoreNode({ value, onChange }: { value: string; onChange: (node: string) => void }) {
  const nodes = useCluster().data?.nodes.filter(node => node.kind !== 'witness' && node.state === 'up').map(node => node.name) ?? [];
  return <Select label="On node" required data={nodes} value={value || null} onChange={node => onChange(node ?? '')} />;
}
