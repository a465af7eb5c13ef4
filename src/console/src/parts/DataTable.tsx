import { Button, Group, Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { ProblemNote } from './ProblemNote';

export interface Column<T> {
  title: string;
  cell: (row: T) => ReactNode;
  /** right for numbers, tight for what must not break, wide for sentences. */
  look?: 'right' | 'tight' | 'wide';
  /** False: the column is not there at all. */
  when?: boolean;
}

interface Props<T> {
  label: string;
  columns: Column<T>[];
  rows: T[];
  rowKey: (row: T) => string;
  empty?: string;
  pending?: boolean;
  error?: unknown;
  more?: (() => void) | null;
  loadingMore?: boolean;
}

/** Rows with named columns; on a phone, each row is a small list of its own. */
export function DataTable<T>({ label, columns, rows, rowKey, empty, pending, error, more, loadingMore }: Props<T>) {
  const shown = columns.filter(column => column.when !== false);
  if (error && rows.length === 0) return <div className="inside"><ProblemNote error={error} /></div>;
  if (pending && rows.length === 0) return <div className="inside" aria-busy="true" aria-label={`${label}: loading`} role="status"><Skeleton height={14} mb={8} /><Skeleton height={14} width="70%" /></div>;
  // A page may be empty and not the last: the service looks at so many rows for each, and no filter fitted one of them.
  const further = more && <Group justify="center" p="xs"><Button variant="default" loading={loadingMore} onClick={more}>{rows.length === 0 ? 'Look further back' : 'Show more'}</Button></Group>;
  if (rows.length === 0) return <>{further ? <div className="empty">Nothing among the newest.</div> : <div className="empty">{empty ?? 'Nothing here.'}</div>}{further}</>;
  return (
    <>
      <div className="scroll" role="group" aria-label={`${label}, table`} tabIndex={0}>
        <table className="table" role="table">
          <caption className="unseen">{label}</caption>
          <thead role="rowgroup">
            <tr role="row">{shown.map((column, i) => <th key={i} scope="col" role="columnheader" className={column.look}>{column.title || <span className="unseen">Actions</span>}</th>)}</tr>
          </thead>
          <tbody role="rowgroup">
            {rows.map(row => (
              <tr key={rowKey(row)} role="row">{shown.map((column, i) => <td key={i} role="cell" className={column.title ? column.look : 'actions'} data-label={column.title}><div className="cell">{column.cell(row)}</div></td>)}</tr>
            ))}
          </tbody>
        </table>
      </div>
      {further}
    </>
  );
}
