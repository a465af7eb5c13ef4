import type { RoleOutlook } from '../api/cluster';
import { State } from './Badge';
import { DataTable } from './DataTable';
import { milliseconds } from './format';

/** What roles would do. */
export function Outlooks({ of, label }: { of: RoleOutlook[]; label: string }) {
  return (
    <DataTable label={label} rows={of} rowKey={row => row.role} empty="No role is affected." columns={[
      { title: 'Role', cell: row => row.role },
      { title: 'From', cell: row => row.from ?? '–', look: 'tight' },
      { title: 'To', cell: row => row.to ?? '–', look: 'tight' },
      { title: 'Outcome', cell: row => <State of={row.outcome} tone={row.to ? 'busy' : /stay|keep|unaffected/.test(row.outcome) ? 'ok' : 'bad'} plain />, look: 'tight' },
      { title: 'Expected', cell: row => milliseconds(row.expectedMs), look: 'right' },
      { title: 'Why', cell: row => row.reason },
    ]} />
  );
}
