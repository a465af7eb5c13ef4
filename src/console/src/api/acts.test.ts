import { expect, it } from 'vitest';
import { actsOf, waits } from './acts';

it('reads which operations can need a second person', () => {
  const found = actsOf({ paths: { '/api/v1/roles/{role}': { get: {}, delete: { 'x-second-person': ['role.delete'] } }, '/api/v1/settings': { put: { 'x-second-person': ['second-person.loosen', 'history.shorten'] } } } });
  expect([...found]).toEqual([['DELETE /roles/{}', ['role.delete']], ['PUT /settings', ['second-person.loosen', 'history.shorten']]]);
});

it('tells what waits from what was done', () => {
  expect(waits({ message: 'Nothing was done yet.', approval: { id: '1', state: 'waiting' } })).toBe(true);
  expect(waits({ message: 'Done.', approval: { id: '1', state: 'done' } })).toBe(false);
  expect(waits({ message: 'Done.' })).toBe(false);
  expect(waits(undefined)).toBe(false);
});
