import { expect, it } from 'vitest';
import { movedTo } from '../api/live';
import { sameDay, monthDays } from './days';
import { bytes, duration, figure, relative, words } from './format';
import { match } from './router';
import { changedTags } from './SnapshotActions';

it('writes durations as people say them', () => {
  expect([0.0321, 1.1, 59, 240, 11400, 187200, 2592000].map(duration)).toEqual(['32 ms', '1.1 s', '59 s', '4 min', '3 h 10 min', '2 d 4 h', '30 d']);
  expect(duration(null)).toBe('–');
});

it('writes sizes and figures in their units', () => {
  expect([0, 1023, 1536, 12 * 1024 ** 3].map(bytes)).toEqual(['0 B', '1023 B', '1.50 KiB', '12.0 GiB']);
  expect(figure('addedBytes', 2048)).toBe('2.00 KiB');
  expect(figure('files', 48213)).toBe('48,213');
  expect(words('worst30dSeconds')).toBe('Worst30d seconds');
});

it('says how far away a time is', () => {
  const now = Date.parse('2026-11-21T16:00:00Z');

  expect(relative('2026-11-21T15:56:00Z', now)).toBe('4 min ago');
  expect(relative('2026-11-21T18:00:00Z', now)).toBe('in 2 h');
});

it('shows whole weeks of a month, also over a change of clocks', () => {
  for (let month = 0; month < 12; month++) {
    const days = monthDays(new Date(2026, month, 1));

    expect(days.length % 7).toBe(0);
    expect(days[0]?.getDay()).toBe(1);
    expect(days.filter(day => day.getMonth() === month)).toHaveLength(new Date(2026, month + 1, 0).getDate());
    expect(days.some((day, i) => i > 0 && sameDay(day, days[i - 1] ?? day))).toBe(false);
  }
});

it('finds names in a path, whatever they hold', () => {
  expect(match('/roles/:role', '/roles/a%2Fb')).toEqual({ role: 'a/b' });
  expect(match('/roles/:role', '/roles/%')).toBeNull();
  expect(match('/roles/:role', '/roles/a/edit')).toBeNull();
});

it('says that the service moved only when it is on another node', () => {
  const at = (node: string, outageSeconds: number | null = null) => ({ node, epoch: '1', since: '', outageSeconds });

  expect(movedTo(null, at('a'), 500)).toBeNull();
  expect(movedTo(at('a'), at('a', 1.1), 500)).toBeNull();
  expect(movedTo(at('a'), at('b', 1.1), 500)).toEqual({ to: 'b', seconds: 1.1 });
  expect(movedTo(at('a'), at('b'), 900)).toEqual({ to: 'b', seconds: 0.9 });
});

it('tells what has to be done to tags so that they are those in a text', () => {
  expect(changedTags(['a', 'b'], 'b, c,')).toEqual({ add: ['c'], remove: ['a'] });
  expect(changedTags(['a'], ' a ')).toEqual({ add: [], remove: [] });
});
