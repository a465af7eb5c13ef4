import { Modal, Stack, Text } from '@mantine/core';
import { stringify } from 'yaml';
import type { RoleSummary } from '../api/cluster';
import { path } from '../api/client';
import { useChange } from '../api/hooks';
import { ProblemNote } from './ProblemNote';
import { ResourceForm } from './ResourceForm';
import { tell } from './toasts';

/** Adds a resource to a role. */
export function AddResource({ role, onClose }: { role: RoleSummary; onClose: () => void }) {
  const add = useChange<{ message: string }>(['/cluster', '/roles']);
  return (
    <Modal opened onClose={onClose} size="lg" title={<Text fw={600}>Add a resource to {role.name}</Text>}>
      <Stack gap="sm">
        <ResourceForm others={role.resources.map(item => item.name)} busy={add.isPending} onCancel={onClose} onAdd={(name, properties) => {
          const filled = Object.fromEntries(Object.entries(properties).filter(([, value]) => value.length > 0));
          add.mutateAsync({ method: 'POST', path: path`/roles/${role.name}/resources`, text: { content: stringify({ [name]: filled }), type: 'application/yaml' } })
            .then(answer => { tell(answer.message); onClose(); }, () => undefined);
        }} />
        <ProblemNote error={add.error} />
      </Stack>
    </Modal>
  );
}
