import { Button, List, Stack, Text } from '@mantine/core';
import type { NodeTestAnswer } from '../api/cluster';
import { path } from '../api/client';
import { useChange } from '../api/hooks';
import { State } from './Badge';
import { duration, milliseconds, moment } from './format';
import { ProblemNote } from './ProblemNote';

const certificates: Record<string, string> = { node: 'Its certificate', authority: 'The cluster’s authority', door: 'What browsers are shown' };

/** Tests the connection to one node, from the one that owns the management service. */
export function NodeConnection({ node }: { node: string }) {
  const test = useChange<NodeTestAnswer>();
  const answer = test.data;
  return (
    <Stack gap={6} mt="sm" align="flex-start">
      <Button variant="default" loading={test.isPending} onClick={() => test.mutate({ method: 'POST', path: path`/nodes/${node}/test` })}>Test connection</Button>
      <div role="status">
        <ProblemNote error={test.error} />
        {answer && <Text size="sm"><State of={answer.works ? 'ok' : 'problem'} text={answer.works ? 'Works' : 'Does not answer'} /> {answer.sentence} {answer.hint}</Text>}
        {answer?.works && (
          <List size="sm">
            <List.Item>Round trip {milliseconds(answer.roundTripMs)}; its clock is {duration(Math.abs(answer.clockAheadMs ?? 0) / 1000)} {(answer.clockAheadMs ?? 0) < 0 ? 'behind' : 'ahead'}</List.Item>
            <List.Item>Runs {answer.build}{answer.etcd ? ` with etcd ${answer.etcd}` : ''}</List.Item>
            {answer.certificates.map(certificate => <List.Item key={certificate.kind}>{certificates[certificate.kind] ?? certificate.kind} is good until {moment(certificate.expires)}{certificate.trouble ? `; it could not be renewed: ${certificate.trouble}` : ''}</List.Item>)}
          </List>
        )}
      </div>
    </Stack>
  );
}
