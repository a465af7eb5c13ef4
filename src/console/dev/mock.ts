import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'vite';
import * as seed from './fixtures';

// Answers like the service, from memory, so that pages can be worked on without a cluster: HOLDFAST_MOCK=1 npm run dev. Any password will do.

type Answer = (request: { names: string[]; query: URLSearchParams; body: string }) => unknown;

const page = (items: unknown[]) => ({ items, next: null });
const done = (message: string) => ({ message });
let signedIn = false;
const person = { name: 'alice', level: 'admin', csrf: 'mock', expires: new Date(Date.now() + 8 * 3600e3).toISOString() };

const outlook = seed.cluster.roles.filter(role => role.owner === 'a').map(role => ({ role: role.name, from: 'a', to: 'b', outcome: 'moves', expectedMs: 1100, reason: 'b is next among its preferred owners.' }));
const role = (name: string) => seed.cluster.roles.find(item => item.name === name) ?? seed.cluster.roles[0];
const declaration = (name: string) => `roles:\n  ${name}:\n    preferred-owners: [a, b]\n    resources:\n      address: { type: ip-address, address: 10.0.0.100/24 }\n`;
const waiting = { id: 'ap-1', act: 'role.delete', what: 'Delete a role or a job: reports', method: 'DELETE', path: '/api/v1/roles/reports', digest: 'd1', askedBy: 'bob', at: seed.ago(600), expires: seed.ago(-85800), state: 'waiting', own: false };
const waves = (name: string, unit: string, size: number) => ({ name, unit, points: Array.from({ length: 120 }, (_, i) => [seed.ago((120 - i) * 3600), Math.round(size * (1 + Math.sin(i / 9) * 0.4)), Math.round(size * (1.2 + Math.sin(i / 9) * 0.4))]) });

const routes: [string, Answer][] = [
  ['POST /session', () => ((signedIn = true), person)],
  ['GET /session', () => (signedIn ? person : null)],
  ['DELETE /session', () => ((signedIn = false), undefined)],
  ['GET /overview', () => seed.overview],
  ['GET /cluster', () => seed.cluster],
  ['GET /nodes', () => seed.cluster.nodes],
  ['GET /nodes/{node}/reboot', ({ names }) => ({ node: names[0], yes: names[0] !== 'a', reasons: ['The store keeps its majority: 2 of 3 votes.'], moves: names[0] === 'a' ? outlook : [], losesRedundancy: ['orders'] })],
  ['POST /nodes/{node}/drain', ({ names }) => done(`Node ${names[0]} gives all its roles away.`)],
  ['POST /nodes/{node}/pause', ({ names }) => done(`Node ${names[0]} keeps what it has.`)],
  ['POST /nodes/{node}/resume', ({ names }) => done(`Node ${names[0]} may be given roles again.`)],
  ['GET /roles', () => seed.cluster.roles],
  ['GET /roles/{role}', ({ names }) => ({ summary: role(names[0] ?? ''), declaration: declaration(names[0] ?? ''), history: seed.history })],
  ['DELETE /roles/{role}', () => ({ message: 'Nothing was done yet: it waits for a second person.', approval: waiting })],
  ['GET /roles/{role}/explain', ({ names }) => ({ summary: role(names[0] ?? ''), why: 'It is on a, because alice moved it there 2 h ago.', evidence: ['lease of a: renewed 120 ms ago', 'preferred owners: a, b'], candidates: [{ node: 'a', eligible: true, rank: 1, reason: 'owner' }, { node: 'b', eligible: true, rank: 2, reason: 'second of its preferred owners' }, { node: 'c', eligible: false, rank: 3, reason: 'paused' }], whatWouldChangeIt: ['a is lost: it goes to b', 'a is drained: it goes to b'], history: seed.history })],
  ['GET /roles/{role}/standby', () => [{ node: 'b', monitoring: 'a', wouldWin: true, expectedTakeoverMs: 2100, reason: 'second of its preferred owners' }, { node: 'c', monitoring: 'a', wouldWin: false, expectedTakeoverMs: null, reason: 'paused' }]],
  ['POST /roles/{role}/move', () => done('It moves to b.')],
  ['POST /roles/{role}/start', () => done('It is wanted online.')],
  ['POST /roles/{role}/stop', () => done('It is wanted offline.')],
  ['POST /roles/{role}/maintenance', () => done('Maintenance begins.')],
  ['DELETE /roles/{role}/maintenance', () => done('Maintenance ended.')],
  ['POST /roles/{role}/rehearse', ({ names }) => ({ role: names[0], node: 'b', passed: true, whole: true, startMs: 812, takeoverMs: 2100, resources: [] })],
  ['POST /roles/{role}/resources', () => done('It is added.')],
  ['POST /roles/{role}/resources/{resource}/online', () => done('It is wanted online.')],
  ['POST /roles/{role}/resources/{resource}/offline', () => done('It is wanted offline.')],
  ['POST /roles/{role}/resources/{resource}/restart', () => done('It is restarted.')],
  ['POST /apply', () => ({ changes: [{ role: 'web', action: 'change', fields: [{ path: 'preferred-owners', before: '[a]', after: '[a, b]' }], restarts: [] }] })],
  ['GET /what-if', ({ query }) => ({ down: (query.get('down') ?? '').split(','), store: 'works', votes: '2 of 3', roles: outlook })],
  ['GET /failures', () => [{ down: ['a'], store: 'works', moves: ['orders to b'], offline: [], needsWord: [] }, { down: ['a', 'b'], store: 'no-quorum', moves: [], offline: ['orders', 'web'], needsWord: [] }]],
  ['GET /doctor', () => ({ works: true, findings: [{ node: 'c', check: 'disk', level: 'warning', what: '4 % of /var is free.', do: 'Make room.' }, { node: 'a', check: 'clock', level: 'ok', what: 'It is 2 ms from the others.' }] })],
  ['GET /upgrade', () => ({ format: 3, newest: 3, nodes: [{ node: 'a', agent: '0.9.0', leash: '0.9.0', installed: '0.9.1', format: 3 }] })],
  ['GET /access', () => [{ subject: 'group:ops', level: 'operator', label: null }]],
  ['GET /jobs', () => seed.jobs],
  ['GET /jobs/{job}', ({ names }) => ({ job: seed.jobs.find(job => job.name === names[0]) ?? seed.jobs[0], declaration: `kind: Job\nname: ${names[0]}\nrun: backup\n`, checkpoint: null, progress: seed.progress, runs: seed.operations })],
  ['POST /jobs/{job}/run', () => ({ run: '1', message: 'It runs.' })],
  ['POST /jobs/{job}/pause', () => done('It is paused.')],
  ['POST /jobs/{job}/resume', () => done('It goes on.')],
  ['POST /jobs/{job}/cancel', () => done('Its run ends.')],
  ['GET /operations', () => page(seed.operations)],
  ['GET /operations/{id}', ({ names }) => seed.operations.find(item => item.id === names[0])],
  ['GET /events', () => page(seed.events)],
  ['GET /audit', () => seed.audit],
  ['GET /history/audit', () => page(seed.audit)],
  ['GET /history/placements', () => page([{ role: 'orders', node: 'b', from: seed.ago(90000), to: seed.ago(7200), because: 'The lease of a ended.', outageSeconds: 2.4 }])],
  ['GET /things', () => page(seed.things)],
  ['GET /policies', () => page([{ name: 'homes', rpoSeconds: 86400, schedule: '0 2 * * *', things: ['/home'], vault: 'main' }])],
  ['GET /policies/{name}', ({ names }) => ({ name: names[0], vault: 'main', schedule: '0 2 * * *', rpoSeconds: 86400 })],
  ['PUT /policies/{name}', ({ names }) => done(`Policy ${names[0]} is in effect.`)],
  ['DELETE /policies/{name}', ({ names }) => done(`Policy ${names[0]} is removed.`)],
  ['POST /policies/{name}/preview', ({ body }) => ({ problems: body.includes('wrong') ? [{ field: 'schedule', message: 'It is no cron expression.' }] : [], diff: '+ job homes-b\n- job homes-old', jobs: [{ name: 'homes-b', schedule: '0 2 * * *', node: 'b' }] })],
  ['GET /schedulers', () => [{ node: 'a', state: 'running', jobs: seed.jobs.slice(1) }, { node: 'b', state: 'stopped', reason: 'new disk', jobs: seed.jobs.slice(0, 1) }]],
  ['GET /jobs/{job}/calendar', () => ({ runs: Array.from({ length: 28 }, (_, i) => ({ run: '7', past: i >= 8, due: seed.ago((i - 8) * 86400), state: i < 8 ? 'waiting' : i === 11 ? 'failed' : i === 14 ? 'missed' : 'completed', reason: 'as told' })) })],
  ['POST /schedulers/{node}/start', () => done('It starts runs again.')],
  ['POST /schedulers/{node}/stop', () => done('It starts no more runs.')],
  ['GET /alerts', () => page(seed.alerts)],
  ['POST /alerts/{id}/acknowledge', () => done('Acknowledged.')],
  ['GET /alert-rules', () => page([{ name: 'role-failed', severity: 'critical' }])],
  ['PUT /alert-rules/{name}', () => done('Kept.')],
  ['GET /channels', () => page([{ name: 'mail', kind: 'smtp' }])],
  ['PUT /channels/{name}', () => done('Kept.')],
  ['POST /channels/{name}/test', () => done('Delivered.')],
  ['GET /mutes', () => page([{ id: 'm1', subject: 'web', until: seed.ago(-3600), reason: 'new disk' }])],
  ['POST /mutes', () => done('Muted.')],
  ['DELETE /mutes/{id}', () => done('No longer muted.')],
  ['GET /vaults', () => page([{ name: 'main', location: '/srv/vault', passwordFile: '/etc/vault.key', snapshots: 2, listed: seed.ago(600) }])],
  ['PUT /vaults/{name}', () => done('Kept.')],
  ['DELETE /vaults/{name}', () => done('Forgotten.')],
  ['POST /vaults/{name}/test', () => done('It answers.')],
  ['POST /vaults/{name}/catalogue', () => done('It is read anew.')],
  ['GET /snapshots', () => page(seed.snapshots)],
  ['GET /snapshots/{vault}/{id}/files', ({ query }) => page([{ name: 'alice', kind: 'directory', modified: seed.ago(90000) }, { name: `notes${(query.get('path') ?? '').length}.txt`, kind: 'file', size: 4211, modified: seed.ago(9000), mode: '0644', owner: 'alice' }])],
  ['POST /restores', ({ body }) => ({ operation: 'home-nightly:7', changes: body.includes('true') ? [{ path: '/home/alice/notes.txt', action: 'write', size: 4211 }] : null })],
  ['GET /machines', () => page(['a', 'b', 'c'].map(name => ({ name, kind: 'member', state: 'up', address: `10.0.0.1${name}`, sharedVolumes: name === 'a' ? ['data'] : [], snapshots: 12 })))],
  ['GET /machines/{name}', ({ names }) => ({ ...seed.machine, name: names[0] })],
  ['GET /settings', () => ({ history: { operationsDays: 400, eventsDays: 90, auditDays: 400, ownersDays: 400, alertsDays: 400, chartsDays: 400 }, sessions: { hours: 12, longestTokenDays: 400 }, secondPerson: { all: false, acts: ['role.delete'], expiresHours: 24 }, consoleAddress: null, requestsPerSecond: 100, revision: '1' })],
  ['GET /acts', () => [{ name: 'node.evict', sentence: 'Take a node out of the cluster', on: false, always: false }, { name: 'role.delete', sentence: 'Delete a role or a job', on: true, always: false }, { name: 'second-person.loosen', sentence: 'Need a second person for less than now', on: true, always: true }]],
  ['POST /database/test', () => ({ works: true, sentence: 'It answers and has no history yet.', database: 'postgres://holdfast@db/holdfast', version: 'PostgreSQL 15.8', milliseconds: 12.4, schema: 0 })],
  ['POST /nodes/{node}/test', ({ names }) => ({ node: names[0], works: true, sentence: `Node ${names[0]} answers a in 0.4 to 0.9 ms.`, roundTripMs: 0.4, clockAheadMs: -2.1, build: '0.1.0', etcd: '3.5.16', certificates: [{ kind: 'node', expires: seed.ago(-86400 * 300) }, { kind: 'authority', expires: seed.ago(-86400 * 3000) }] })],
  ['PUT /settings', () => done('Kept.')],
  ['GET /nodes/{node}/settings', ({ names }) => ({ node: names[0], settings: seed.nodeSettings, defaults: { diskFreePercent: 5, memoryFreePercent: 4, storeMilliseconds: 350 }, names: ['description', 'jobs', 'bandwidth', 'diskFreePercent', 'memoryFreePercent', 'storeMilliseconds'] })],
  ['PUT /nodes/{node}/settings', ({ names }) => done(`Node ${names[0]} is set.`)],
  ['GET /people', () => page([person, { name: 'bob', level: 'viewer', disabled: true }])],
  ['PUT /people/{name}', () => done('Kept.')],
  ['DELETE /people/{name}', () => done('Removed.')],
  ['GET /tokens', () => page([{ id: 't1', name: 'ci', level: 'viewer', expires: seed.ago(-86400 * 30) }])],
  ['POST /tokens', () => ({ id: 't2', name: 'new', token: 'hf_example_0123456789' })],
  ['DELETE /tokens/{id}', () => done('Revoked.')],
  ['GET /approvals', () => [waiting, { ...waiting, id: 'ap-2', state: 'refused', own: true, askedBy: 'alice', decidedBy: 'bob', outcome: 'bob refused it: not today' }]],
  ['GET /approvals/{id}', () => ({ approval: waiting, body: null, bodyBytes: 0 })],
  ['POST /approvals/{id}/approve', () => done('Approved.')],
  ['POST /approvals/{id}/refuse', () => done('Refused.')],
  ...(['throughput', 'deduplication', 'outages', 'rpo'].map(kind => [`GET /charts/${kind}`, () => ({ series: [waves(kind, kind === 'throughput' ? 'bytes/s' : kind === 'deduplication' ? 'ratio' : 'seconds', kind === 'throughput' ? 8e7 : 4)] })]) as [string, Answer][]),
];

const compiled = routes.map(([operation, answer]) => {
  const [method, path = ''] = operation.split(' ');
  return { method, path, answer, pattern: new RegExp(`^${path.replace(/\{[^}]*\}/g, '([^/]+)')}$`) };
});

const document = () => {
  const paths: Record<string, Record<string, object>> = {};
  for (const { method, path } of compiled) (paths[`/api/v1${path}`] ??= {})[(method ?? '').toLowerCase()] = `${method} ${path}` === 'DELETE /roles/{role}' ? { 'x-second-person': ['role.delete'] } : {};
  return { openapi: '3.1.0', paths };
};

function json(response: ServerResponse, status: number, body: unknown) {
  response.writeHead(status, { 'Content-Type': status < 400 ? 'application/json' : 'application/problem+json' });
  response.end(body === undefined ? '' : JSON.stringify(body));
}

function stream(response: ServerResponse) {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  response.write(`event: service\nid: 1\ndata: ${JSON.stringify(seed.overview.service)}\n\n`);
  const timer = setInterval(() => response.write(': still here\n\n'), 10_000);
  response.on('close', () => clearInterval(timer));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

/** Answers the API in Vite's own server. */
export function mock(): Plugin {
  const answer = async (request: IncomingMessage, response: ServerResponse, next: () => void) => {
    const url = new URL(request.url ?? '/', 'http://mock');
    if (url.pathname === '/openapi/v1.json') return json(response, 200, document());
    if (!url.pathname.startsWith('/api/v1/')) return next();
    const path = url.pathname.slice('/api/v1'.length);
    if (path === '/stream') return stream(response);
    for (const route of compiled) {
      const found = route.method === request.method ? route.pattern.exec(path) : null;
      if (!found) continue;
      const value = route.answer({ names: found.slice(1).map(decodeURIComponent), query: url.searchParams, body: await bodyOf(request) });
      return value === null ? json(response, 401, { code: 'session.none', title: 'Signed out', detail: 'Nobody is signed in.' }) : json(response, 200, value);
    }
    json(response, 404, { code: 'mock.none', title: 'Not found', detail: `The mock has no ${request.method} ${path}.` });
  };
  // In a block: what a hook returns is called by Vite, and use() returns the server.
  const install = (server: { middlewares: { use: (handler: (request: IncomingMessage, response: ServerResponse, next: () => void) => void) => void } }) => {
    server.middlewares.use((request, response, next) => void answer(request, response, next));
  };
  return { name: 'holdfast-mock', configureServer: install, configurePreviewServer: install };
}
