import { expect, it } from 'vitest';
import { allowed, areasOf, operationsOf } from './features';

const known = operationsOf({
  paths: {
    '/api/v1/roles/{name}/move': { post: {} },
    '/api/v1/charts/{kind}': { get: {} },
    '/api/v1/policies/{name}': { get: {}, put: {}, parameters: [] },
    '/api/v1/snapshots/{id}/files': { get: { 'x-level': 'operator' } },
  },
});

it('shows what the service can do, whatever it calls its parameters', () => {
  expect(allowed(known, 'operator', 'POST /roles/{role}/move')).toBe(true);
  expect(allowed(known, 'viewer', 'GET /charts/rpo')).toBe(true);
});

it('hides what the service has not', () => {
  expect(allowed(known, 'admin', 'POST /roles/{role}/stop')).toBe(false);
  expect(allowed(known, 'admin', 'DELETE /policies/{name}')).toBe(false);
  expect(allowed(null, 'admin', 'POST /roles/{role}/move')).toBe(false);
});

it('hides what the person may not do', () => {
  expect(allowed(known, 'viewer', 'POST /roles/{role}/move')).toBe(false);
  expect(allowed(known, 'operator', 'PUT /policies/{name}')).toBe(false);
  expect(allowed(known, 'admin', 'PUT /policies/{name}')).toBe(true);
  expect(allowed(known, 'viewer', 'GET /snapshots/{id}/files')).toBe(false);
});

it('knows the areas that a service names, and none of one that names none', () => {
  expect(areasOf({ tags: [{ name: 'jobs', description: 'Jobs.' }, { name: 'metrics' }] }).map(area => area.name)).toEqual(['jobs', 'metrics']);
  expect(areasOf({})).toEqual([]);
});
