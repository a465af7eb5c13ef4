import { Text } from '@mantine/core';
import type { RehearsalAnswer } from '../api/cluster';
import { path } from '../api/client';
import { useCan } from '../api/features';
import { useChange } from '../api/hooks';
import { sentenceOf } from '../api/problem';
import { Button } from '@mantine/core';
import { milliseconds } from './format';
import { tell } from './toasts';

/** Starts the role for real on its standby, in isolation, and says how long it took. */
export function Rehearse({ role }: { role: string }) {
  const can = useCan();
  const rehearse = useChange<RehearsalAnswer>(['/events']);
  if (!can('POST /roles/{role}/rehearse')) return null;
  const run = () => rehearse.mutateAsync({ method: 'POST', path: path`/roles/${role}/rehearse` }).then(
    answer => tell(`${answer.node}: ${answer.passed ? 'it would start' : 'it would not start'}, in ${milliseconds(answer.startMs)}. ${answer.resources.filter(item => item.reason).map(item => `${item.name}: ${item.reason}`).join('; ')}`, answer.passed ? 'ok' : 'bad'),
    (error: unknown) => tell(sentenceOf(error), 'bad'));
  return <Button variant="default" loading={rehearse.isPending} onClick={() => void run()}>Rehearse<Text span className="unseen"> on its standby</Text></Button>;
}
