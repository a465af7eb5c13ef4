import { Button, Group, Modal, Radio, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { RoleExplain, RoleSummary, Standby } from '../api/cluster';
import { path } from '../api/client';
import { useChange, useGet } from '../api/hooks';
import { milliseconds } from './format';
import { ProblemNote } from './ProblemNote';
import { tell } from './toasts';
import { useCan } from '../api/features';
import { LossEffects } from './RoleActions';

/** Moves a role: where it can go, how long it takes, and what happens on the way. */
export function MoveDialog({ role, onClose }: { role: RoleSummary; onClose: () => void }) {
  const can = useCan();
  const standby = useGet<Standby[]>(can('GET /roles/{role}/standby') ? path`/roles/${role.name}/standby` : null);
  const explain = useGet<RoleExplain>(path`/roles/${role.name}/explain`);
  const [to, setTo] = useState('');
  const move = useChange<{ message: string }>(['/cluster', '/roles', '/overview', '/nodes']);
  const others = (explain.data?.candidates ?? []).filter(candidate => candidate.node !== role.owner);
  const reach = (node: string) => standby.data?.find(item => item.node === node);
  // The first of the ranking, which a move goes to; who would win after a loss may be another, because then other roles move too.
  const best = others.find(candidate => candidate.eligible)?.node;
  const chosen = to || best;
  const expected = chosen === undefined ? undefined : reach(chosen)?.expectedTakeoverMs;
  const nobody = explain.data !== undefined && best === undefined;
  const submit = async () => {
    try {
      const answer = await move.mutateAsync({ method: 'POST', path: path`/roles/${role.name}/move`, body: { to: to || null } });
      tell(answer.message);
      onClose();
    } catch {
      // Shown below.
    }
  };
  return (
    <Modal opened onClose={onClose} size="lg" title={<Text fw={600}>Move {role.name} from {role.owner}</Text>}>
      <Stack gap="sm">
        <ProblemNote error={explain.error ?? standby.error} />
        {nobody && <Text size="sm">No other node can take it now.</Text>}
        <Radio.Group label="To" value={to} onChange={setTo}>
          <Stack gap={8} mt={6}>
            {!nobody && <Radio value="" label="Whoever is best" description={best && `It would be ${best}.`} />}
            {others.map(candidate => (
              <Radio key={candidate.node} value={candidate.node} disabled={!candidate.eligible} label={candidate.node}
                description={[candidate.reason, reach(candidate.node)?.expectedTakeoverMs ? `takes over in about ${milliseconds(reach(candidate.node)?.expectedTakeoverMs)} after a loss` : null].filter(Boolean).join('; ')} />
            ))}
          </Stack>
        </Radio.Group>
        {!nobody && (
          <div className="panel"><div className="inside">
            <Text size="sm" fw={600}>What happens</Text>
            <Text size="sm">{role.resources.length === 0 ? 'The role' : role.resources.map(resource => resource.name).reverse().join(', ')} {role.resources.length > 1 ? 'stop' : 'stops'} on {role.owner}, then {role.resources.length > 1 ? 'they start' : 'it starts'} on {chosen ?? 'the next node'}. Clients wait meanwhile{expected ? `, less than the ${milliseconds(expected)} that a takeover after a loss would need` : ''}.</Text>
          </div></div>
        )}
        {!nobody && role.owner && <LossEffects node={role.owner} role={role.name} />}
        <ProblemNote error={move.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>Cancel</Button>
          <Button disabled={nobody || !explain.data} loading={move.isPending} onClick={() => void submit()}>Move</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
