import { List, Modal, Stack, Text } from '@mantine/core';
import type { RebootAnswer } from '../api/cluster';
import { path } from '../api/client';
import { useGet } from '../api/hooks';
import { State } from './Badge';
import { Outlooks } from './Outlooks';
import { ProblemNote } from './ProblemNote';

/** Can I reboot it now? Yes or no, why, and what moves meanwhile. */
export function RebootDialog({ node, onClose }: { node: string; onClose: () => void }) {
  const { data, error } = useGet<RebootAnswer>(path`/nodes/${node}/reboot`);
  return (
    <Modal opened onClose={onClose} title={<Text fw={600}>Can I reboot {node} now?</Text>} size="xl">
      <Stack gap="sm" aria-live="polite">
        <ProblemNote error={error} />
        {data && (
          <>
            <div><State of={data.yes ? 'yes' : 'no'} text={data.yes ? 'Yes' : 'No'} /></div>
            <List size="sm">{data.reasons.map(reason => <List.Item key={reason}>{reason}</List.Item>)}</List>
            {data.moves.length > 0 && <Outlooks of={data.moves} label="Roles that move" />}
            {data.losesRedundancy.length > 0 && <Text size="sm">Without a second place meanwhile: <b>{data.losesRedundancy.join(', ')}</b>.</Text>}
          </>
        )}
      </Stack>
    </Modal>
  );
}
