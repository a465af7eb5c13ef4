import { path } from '../api/client';
import { useGet } from '../api/hooks';
import type { Operation } from '../api/jobs';
import { State } from '../parts/Badge';
import { JobLink, NodeLink } from '../parts/ConsoleLink';
import { Facts } from '../parts/Facts';
import { duration, moment } from '../parts/format';
import { PageFrame } from '../parts/PageFrame';
import { Panel } from '../parts/Panel';
import { ProblemNote } from '../parts/ProblemNote';
import { JobProgress } from '../parts/JobProgress';
import { tookSeconds } from '../parts/OperationTable';
import { runFacts } from './Job';

/** One run. */
export function OperationPage({ id }: { id: string }) {
  const { data, error } = useGet<Operation>(path`/operations/${id}`, {}, 2_000);
  const trail = [{ to: '/jobs?tab=runs', text: 'Runs' }];
  if (!data) return <PageFrame title="Run" trail={trail}><ProblemNote error={error} /></PageFrame>;
  return (
    <PageFrame title={`${data.job}, ${moment(data.due)}`} trail={trail} badge={<State of={data.state} />} lead={data.reason}>
      <Panel title="Run">
        {data.state === 'running' && <div style={{ marginBottom: 12 }}><JobProgress job={data.job} /></div>}
        <Facts of={[
          ['Job', <JobLink key="j" name={data.job} />], ['Kind', data.kind], ['Vault', data.vault], ['Policy', data.policy], ['Thing', data.thing], ['Node', <NodeLink key="n" name={data.node} />], ['Took', duration(tookSeconds(data))],
          ['Attempts', `${data.attempts}, resumed ${data.resumed}, retried ${data.retried}`], ...runFacts(data),
        ]} />
      </Panel>
    </PageFrame>
  );
}
