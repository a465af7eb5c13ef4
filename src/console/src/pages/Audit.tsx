import { usePaged } from '../api/hooks';
import type { AuditRow } from '../api/management';
import { DataTable } from '../parts/DataTable';
import { PageFrame } from '../parts/PageFrame';
import { When } from '../parts/When';

/** Who changed what. */
export function Audit() {
  const rows = usePaged<AuditRow>('/history/audit', row => row.id);
  return (
    <PageFrame title="Audit" lead="Every change that was asked for, by whom and from where; also those that were refused.">
      <div className="panel">
        <DataTable<AuditRow> label="Audit" rows={rows.items} error={rows.error} pending={rows.pending} more={rows.more} loadingMore={rows.loadingMore} rowKey={row => row.id} empty="Nothing was asked for yet." columns={[
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
