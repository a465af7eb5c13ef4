import { Cell, useCell } from '../api/cell';
import { moment, relative } from './format';

const now = new Cell(Date.now());
if (typeof window !== 'undefined') setInterval(() => now.set(Date.now()), 10_000);

export const useNow = () => useCell(now);

/** A time as a distance from now; the time itself on hover and for copying. */
export function When({ at, absolute }: { at: string | null | undefined; absolute?: boolean }) {
  useNow();
  if (!at) return <span>–</span>;
  return <time dateTime={at} title={moment(at, true)}>{absolute ? moment(at) : relative(at, Date.now())}</time>;
}
