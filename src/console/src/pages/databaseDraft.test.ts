import { expect, it } from 'vitest';
import type { DatabaseInVault } from '../api/management';
import { emptyDraft, isPlaced, keyOf, wantedOf } from './databaseDraft';

const orders: DatabaseInVault = { name: 'orders', engine: 'postgresql', id: '7', latest: '2026-11-21T12:00:00Z', anyPoint: true, bases: [{ snapshot: 'aa', taken: '2026-11-21T02:00:00Z', bytes: 5 }] };
const older: DatabaseInVault = { ...orders, id: '6' };
const draft = { ...emptyDraft, key: keyOf(orders) };

it('the latest point needs nothing but the database, and says which of two with one name', () => {
  expect(wantedOf(draft, [older, orders])).toEqual({ name: 'orders', id: '7' });
  expect(wantedOf(emptyDraft, [orders])).toBeNull();
});

it('a time is sent as one that has a zone, and is needed when a time is wanted', () => {
  expect(wantedOf({ ...draft, point: 'time' }, [orders])).toBeNull();
  expect(wantedOf({ ...draft, point: 'time', time: '2026-11-21T13:05' }, [orders])?.time).toBe(new Date('2026-11-21T13:05').toISOString());
});

it('the end of a backup is that of one there is', () => {
  expect(wantedOf({ ...draft, point: 'base', base: 'aa' }, [orders])).toEqual({ name: 'orders', id: '7', base: 'aa', immediate: true });
  expect(wantedOf({ ...draft, point: 'base', base: 'bb' }, [orders])).toBeNull();
});

it('a dump names its database, and tables only with it', () => {
  expect(wantedOf({ ...draft, dump: true }, [orders])).toBeNull();
  expect(wantedOf({ ...draft, dump: true, only: ' shop ', tables: 'a, b,' }, [orders])).toEqual({ name: 'orders', id: '7', only: 'shop', tables: ['a', 'b'] });
  expect(wantedOf({ ...draft, only: 'shop', tables: 'a' }, [orders])).toEqual({ name: 'orders', id: '7' });
});

it('it goes to a folder of a node, never to the root', () => {
  expect(isPlaced({ ...draft, node: 'a', target: '/srv/restored' })).toBe(true);
  expect(isPlaced({ ...draft, node: 'a', target: '/' })).toBe(false);
  expect(isPlaced({ ...draft, node: '', target: '/srv' })).toBe(false);
});
