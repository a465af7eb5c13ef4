import { describe, expect, it } from 'vitest';
import { Client, path, withQuery, type ClientWorld } from './client';
import { Problem, Unreachable } from './problem';

type Reply = Response | Error;

/** A world whose service gives these answers one after another, and whose time passes only in waits. */
function worldOf(replies: Reply[]) {
  const sent: { url: string; init: RequestInit; headers: Record<string, string> }[] = [];
  const waits: number[] = [];
  const state = { now: 0, signedOut: 0, keys: 0 };
  const world: ClientWorld = {
    fetch: (url, init) => {
      sent.push({ url, init, headers: init.headers as Record<string, string> });
      const reply = replies.shift() ?? new Error('no more answers');
      return reply instanceof Error ? Promise.reject(reply) : Promise.resolve(reply);
    },
    wait: milliseconds => {
      waits.push(milliseconds);
      state.now += milliseconds;
      return Promise.resolve();
    },
    now: () => state.now,
    newKey: () => `key-${++state.keys}`,
    csrf: () => 'token',
    signedOut: () => { state.signedOut++; },
  };
  return { client: new Client(world), sent, waits, state };
}

const json = (body: unknown, status = 200, headers: Record<string, string> = {}) => new Response(JSON.stringify(body), { status, headers });

describe('a change', () => {
  it('carries one key through every attempt', async () => {
    const { client, sent } = worldOf([new TypeError('network'), json({ title: 'away' }, 503), json({ message: 'moved' })]);

    const answer = await client.post<{ message: string }>('/roles/web/move', { to: 'b' });

    expect(answer.message).toBe('moved');
    expect(sent.map(request => request.headers['Idempotency-Key'])).toEqual(['key-1', 'key-1', 'key-1']);
    expect(sent.every(request => request.headers['Holdfast-Csrf'] === 'token')).toBe(true);
    expect(sent.map(request => request.init.body)).toEqual(Array(3).fill('{"to":"b"}'));
  });

  it('is one trace through every attempt, with the name of its key', async () => {
    const { client, sent } = worldOf([new TypeError('network'), json({})]);

    await client.post('/a', {}, { key: '4bf92f3577b34da6a3ce929d0e0e4736' });

    expect(sent.map(request => request.headers.traceparent)).toEqual(Array(2).fill('00-4bf92f3577b34da6a3ce929d0e0e4736-4bf92f3577b34da6-01'));
  });

  it('has another key than the change before it', async () => {
    const { client, sent } = worldOf([json({}), json({})]);

    await client.post('/a');
    await client.post('/a');

    expect(sent.map(request => request.headers['Idempotency-Key'])).toEqual(['key-1', 'key-2']);
  });

  it('is not sent again when it was refused', async () => {
    const { client, sent } = worldOf([json({ code: 'role.busy', title: 'Conflict', detail: 'It moves already.', hint: 'Wait.', field: 'to' }, 409), json({})]);

    const refused = await client.post('/roles/web/move').catch((error: unknown) => error);

    expect(refused).toBeInstanceOf(Problem);
    expect(refused).toMatchObject({ status: 409, code: 'role.busy', message: 'It moves already.', hint: 'Wait.', field: 'to' });
    expect(sent).toHaveLength(1);
  });

  it('whose first attempt is still being carried out waits for that answer', async () => {
    const { client, sent } = worldOf([new TypeError('network'), json({ code: 'idempotency.in-progress', title: 'Conflict' }, 409), json({ message: 'moved' })]);

    expect(await client.post<{ message: string }>('/roles/web/move')).toEqual({ message: 'moved' });

    expect(sent.map(request => request.headers['Idempotency-Key'])).toEqual(['key-1', 'key-1', 'key-1']);
  });

  it('is given up after a minute without an answer', async () => {
    const { client, state, sent } = worldOf(Array.from({ length: 100 }, () => new TypeError('network')));

    await expect(client.put('/settings', {})).rejects.toBeInstanceOf(Unreachable);

    expect(state.now).toBeLessThanOrEqual(60_000);
    expect(state.now).toBeGreaterThan(50_000);
    expect(sent.length).toBeGreaterThan(10);
  });

  it('waits as long as the service says, within reason', async () => {
    const { client, waits } = worldOf([json({}, 503, { 'Retry-After': '2' }), json({}, 503, { 'Retry-After': '600' }), json({})]);

    await client.delete('/tokens/1');

    expect(waits).toEqual([2_000, 5_000]);
  });
});

describe('a question', () => {
  it('has neither key nor token', async () => {
    const { client, sent } = worldOf([json([])]);

    await client.get('/roles');

    expect(Object.keys(sent[0]?.headers ?? {})).toEqual(['Accept']);
  });

  it('that finds the session ended says so once, and fails', async () => {
    const { client, state } = worldOf([json({ code: 'session.none', title: 'x' }, 401)]);

    await expect(client.get('/roles')).rejects.toMatchObject({ status: 401 });

    expect(state.signedOut).toBe(1);
  });

  it('about the session itself does not end it', async () => {
    const { client, state } = worldOf([json({}, 401)]);

    await expect(client.get('/session')).rejects.toMatchObject({ status: 401 });

    expect(state.signedOut).toBe(0);
  });

  it('that was abandoned is not asked again', async () => {
    const stop = new AbortController();
    const { client, sent } = worldOf([new TypeError('aborted'), json({})]);
    stop.abort();

    await expect(client.get('/roles', { signal: stop.signal })).rejects.toThrow('aborted');

    expect(sent).toHaveLength(1);
  });

  it('is answered readably by a proxy that sends a page', async () => {
    const { client } = worldOf([new Response('<html>', { status: 400, statusText: 'Bad Request' })]);

    await expect(client.get('/roles')).rejects.toMatchObject({ message: 'Bad Request', code: 'http.400' });
  });
});

it('builds paths in which no name reaches another resource', () => {
  expect(path`/roles/${'../nodes/a?x=1#y'}/move`).toBe('/roles/..%2Fnodes%2Fa%3Fx%3D1%23y/move');
});

it('leaves empty choices out of a query', () => {
  expect(withQuery('/events', { role: 'a&b', node: null, text: '', limit: 5 })).toBe('/events?role=a%26b&limit=5');
});
