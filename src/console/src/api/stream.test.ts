import { describe, expect, it } from 'vitest';
import { EventReader, type ServerEvent } from './sse';
import { follow, pauses, silenceOf, type StreamWorld } from './stream';

describe('the reader', () => {
  const text = ': hello\r\nevent: service\r\nid: 7\r\ndata: {"node":\r\ndata: "b"}\r\n\r\ndata: plain\n\nevent: empty\n\nid: 9\ndata: last\n\n';
  const expected: ServerEvent[] = [{ id: '7', type: 'service', data: '{"node":\n"b"}' }, { id: '7', type: 'message', data: 'plain' }, { id: '9', type: 'message', data: 'last' }];

  it('finds the same events wherever the text was cut', () => {
    for (let cut = 0; cut <= text.length; cut++) {
      const reader = new EventReader();

      const events = [...reader.push(text.slice(0, cut)), ...reader.push(text.slice(cut))];

      expect(events, `cut at ${cut}`).toEqual(expected);
    }
  });

  it('keeps back what is not finished', () => {
    const reader = new EventReader();

    expect(reader.push('data: half')).toEqual([]);
    expect(reader.push('\n')).toEqual([]);
    expect(reader.push('\n')).toEqual([{ id: null, type: 'message', data: 'half' }]);
  });
});

describe('following', () => {
  /** A service that gives each connection its text and then ends it; `null` refuses it. */
  async function run(connections: (string | null)[]) {
    const stop = new AbortController();
    const asked: (string | null)[] = [];
    const waits: number[] = [];
    const seen: string[] = [];
    const world: StreamWorld = {
      open: (last, chunk, opened) => {
        asked.push(last);
        const text = connections.shift();
        if (connections.length === 0) stop.abort();
        if (text === null || text === undefined) return Promise.reject(new Error('503'));
        opened();
        chunk(text);
        return Promise.resolve();
      },
      wait: milliseconds => {
        waits.push(milliseconds);
        return Promise.resolve();
      },
    };
    await follow(world, { event: event => seen.push(event.data), connected: () => seen.push('connected'), lost: () => seen.push('lost') }, stop.signal);
    return { asked, waits, seen };
  }

  it('goes on after the last event it saw', async () => {
    const { asked, seen } = await run(['id: 1\ndata: one\n\nid: 2\ndata: two\n\n', 'id: 3\ndata: three\n\n', '']);

    expect(asked).toEqual([null, '2', '3']);
    expect(seen.filter(word => word !== 'connected' && word !== 'lost')).toEqual(['one', 'two', 'three']);
  });

  it('does not take half an event for the place to go on from', async () => {
    const { asked } = await run(['id: 1\ndata: one\n\nid: 2\ndata: tw', 'data: x\n\n']);

    expect(asked).toEqual([null, '1']);
  });

  it('tries at once, then ever more calmly, and anew after it was connected', async () => {
    const { waits } = await run([null, null, null, 'data: x\n\n', null, '']);

    expect(waits).toEqual([pauses[0], pauses[1], pauses[2], pauses[0], pauses[1]]);
  });

  it('takes a connection for dead after three beats, and is patient with a service that promised none', () => {
    expect(silenceOf('1')).toBe(3_000);
    expect(silenceOf('2.5')).toBe(7_500);
    expect(silenceOf(null)).toBe(30_000);
    expect(silenceOf('nonsense')).toBe(30_000);
  });
});
