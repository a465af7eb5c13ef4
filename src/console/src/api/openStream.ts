import { problemOf } from './problem';
import { silenceOf, type StreamWorld } from './stream';
import { wait } from './world';

const openMs = 8_000;

/** The stream as the browser opens it. */
export const browserStream: StreamWorld = {
  wait,
  open: async (lastEventId, chunk, opened, signal) => {
    const cut = new AbortController();
    const stop = () => cut.abort(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    // A connection to a node that lost its power is silent for ever.
    const cutAfter = (milliseconds: number) => setTimeout(() => cut.abort(new Error('silent')), milliseconds);
    let timer = cutAfter(openMs);
    try {
      const headers: Record<string, string> = { Accept: 'text/event-stream' };
      if (lastEventId !== null) headers['Last-Event-ID'] = lastEventId;
      const response = await fetch('/api/v1/stream', { headers, cache: 'no-store', credentials: 'same-origin', signal: cut.signal });
      if (!response.ok || response.body === null) throw await problemOf(response);
      const silence = silenceOf(response.headers.get('Holdfast-Beat'));
      clearTimeout(timer);
      timer = cutAfter(silence);
      opened();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(timer);
        timer = cutAfter(silence);
        chunk(value);
      }
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      cut.abort();
    }
  },
};
