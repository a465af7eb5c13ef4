import { expect, it } from 'vitest';
import { joined, pageOf } from './paging';

it('takes a whole array for a list of one page', () => {
  expect(pageOf([1, 2])).toEqual({ items: [1, 2], next: null });
  expect(pageOf({ items: [1], next: 'n' })).toEqual({ items: [1], next: 'n' });
  expect(pageOf(undefined)).toEqual({ items: [], next: null });
});

it('shows each row once when new ones pushed others onto the next page', () => {
  const first = { items: [{ id: 'c' }, { id: 'b' }], next: '1' };
  const second = { items: [{ id: 'b' }, { id: 'a' }], next: null };

  expect(joined([first, second], row => row.id).map(row => row.id)).toEqual(['c', 'b', 'a']);
});
