import { usePaged, type Query } from '../api/hooks';
import type { Operation } from '../api/jobs';
import { State } from './Badge';
import { JobLink, NodeLink, OperationLink } from './ConsoleLink';
import { DataTable } from './DataTable';
import { duration, moment } from './format';

export const tookSeconds = (run: { started?: string | null; ended?: string | null }): number | null =>
  run.started && run.ended ? (Date.parse(run.ended) - Date.parse(run.started)) / 1000 : null;

/** Runs of jobs, newest first. */
export function OperationTable({ query }: { query: Query }) {
  const runs = usePaged<Operation>('/operations', row => row.id, query);
  return (
    <DataTable<Operation> label="Runs" rows={runs.items} error={runs.error} pending={runs.pending} more={runs.more} loadingMore={runs.loadingMore} rowKey={row => row.id} empty="No runs." columns={[
      { title: 'Due', cell: row => <OperationLink id={row.id}>{moment(row.due)}</OperationLink>, look: 'tight' },
      { title: 'Job', cell: row => <JobLink name={row.job} /> },
      { title: 'State', cell: row => <State of={row.state} />, look: 'tight' },
      { title: 'Node', cell: row => <NodeLink name={row.node} />, look: 'tight' },
      { title: 'Took', cell: row => duration(tookSeconds(row)), look: 'right' },
      { title: 'Attempts', cell: row => row.attempts, look: 'right' },
      { title: 'What came of it', look: 'wide', cell: row => row.reason },
    ]} />
  );
}
