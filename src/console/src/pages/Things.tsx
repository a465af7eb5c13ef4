import { Text } from '@mantine/core';
import { usePaged } from '../api/hooks';
import type { Thing } from '../api/management';
import { State } from '../parts/Badge';
import { NodeLink } from '../parts/ConsoleLink';
import { DataTable } from '../parts/DataTable';
import { Filters, useFilters } from '../parts/Filters';
import { duration } from '../parts/format';
import { PageFrame } from '../parts/PageFrame';
import { Link } from '../parts/router';
import { When } from '../parts/When';

const filters = [{ name: 'state', label: 'State', choices: ['met', 'broken', 'unknown'] }, { name: 'policy', label: 'Policy' }];

/** Is the recovery point met, now, for each protected thing. */
export function Things() {
  const query = useFilters(filters);
  const things = usePaged<Thing>('/things', row => `${row.kind} ${row.name} ${row.node} ${row.policy}`, query);
  return (
    <PageFrame title="Protected things" lead="How much would be lost if it happened now, against what the policy allows; and how long the way back would take, from measured restores and takeovers.">
      <Filters of={filters} />
      <div className="panel">
        <DataTable<Thing> label="Protected things" rows={things.items} error={things.error} pending={things.pending} more={things.more} loadingMore={things.loadingMore} rowKey={row => `${row.kind} ${row.name} ${row.node} ${row.policy}`} empty="No policy protects anything yet." columns={[
          { title: 'State', cell: row => <State of={row.state} />, look: 'tight' },
          { title: 'Thing', look: 'wide', cell: row => (
            <>
              {row.name}<Text size="xs" c="dimmed">{row.kind}{row.policy && <> by <Link to={`/policies/${encodeURIComponent(row.policy)}`}>{row.policy}</Link></>}</Text>
              <Text size="xs" c="dimmed">{row.sentence} {row.hint}</Text>
            </>
          ) },
          { title: 'Node', cell: row => <NodeLink name={row.node} />, look: 'tight' },
          { title: 'Allowed', cell: row => duration(row.rpoSeconds), look: 'right' },
          { title: 'Now', cell: row => duration(row.ageSeconds), look: 'right' },
          { title: 'Worst of 30 d', cell: row => duration(row.worst30dSeconds), look: 'right' },
          { title: 'If its node dies', cell: row => duration(row.predictedSeconds), look: 'right' },
          { title: 'Way back', cell: row => duration(row.rtoSeconds), look: 'right' },
          { title: 'Last proof', cell: row => <When at={row.lastProof} />, look: 'tight' },
        ]} />
      </div>
    </PageFrame>
  );
}
