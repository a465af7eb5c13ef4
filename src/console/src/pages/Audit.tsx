import { useCan } from '../api/features';
import { usePaged } from '../api/hooks';
import type { AuditRow } from '../api/management';
import { DataTable } from '../parts/DataTable';
import { PageFrame } from '../parts/PageFrame';
import { When } from '../parts/When';

const keyOf = (row: AuditRow) => row.id?.toString() ?? `${row.at} ${row.who} ${row.what} ${row.outcome}`;

/** Who changed what. */
export function Audit() {
  const can = useCan();
  // The cluster's own record has the last two hundred; the service's history has all.
  const rows = usePaged<AuditRow>(can('GET /history/audit') ? '/history/audit' : '/audit', keyOf);
  return (
    <PageFrame title="Audit" lead="Every change that was asked for, by whom and from where; also those that were refused.">
      <div className="panel">
        <DataTable<AuditRow> label="Audit" rows={rows.items} error={rows.error} pending={rows.pending} more={rows.more} loadingMore={rows.loadingMore} rowKey={keyOf} empty="Nothing was asked for yet." columns={[
          { title: 'At', cell: row => <When at={row.at} absolute />, look: 'tight' },
          { title: 'Who', cell: row => row.who, look: 'tight' },
          { title: 'From', cell: row => <span className="mono">{row.from}</span> },
          { title: 'What', cell: row => <span className="mono">{row.what}</span> },
          { title: 'Outcome', cell: row => row.outcome ?? '–' },
        ]} />
      </div>
    </PageFrame>
  );
}
