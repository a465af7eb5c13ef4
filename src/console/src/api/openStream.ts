import { problemOf } from './problem';
import type { StreamWorld } from './stream';
import { wait } from './world';

// The service says something every 15 seconds; a connection to a node that lost its power is silent for ever.
const silenceMs = 40_000;

/** The stream as the browser opens it. */
export const browserStream: StreamWorld = {
  wait,
  open: async (lastEventId, chunk, opened, signal) => {
    const cut = new AbortController();
    const stop = () => cut.abort(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    let timer = setTimeout(() => cut.abort(new Error('silent')), silenceMs);
    try {
      const headers: Record<string, string> = { Accept: 'text/event-stream' };
      if (lastEventId !== null) headers['Last-Event-ID'] = lastEventId;
      const response = await fetch('/api/v1/stream', { headers, cache: 'no-store', credentials: 'same-origin', signal: cut.signal });
      if (!response.ok || response.body === null) throw await problemOf(response);
      opened();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(timer);
        timer = setTimeout(() => cut.abort(new Error('silent')), silenceMs);
        chunk(value);
      }
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      cut.abort();
    }
  },
};
