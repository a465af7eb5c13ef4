import { EventReader, type ServerEvent } from './sse';

/** What following the stream needs of the world; a test brings its own. */
export interface StreamWorld {
  /** Opens the stream after the event named, and hands over what comes until it ends. Throws when it cannot. */
  open: (lastEventId: string | null, chunk: (text: string) => void, opened: () => void, signal: AbortSignal) => Promise<void>;
  wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export interface StreamListener {
  event: (event: ServerEvent) => void;
  connected: () => void;
  lost: (error: unknown) => void;
}

/** The first try is at once: the service is on another node within about a second, and the console should see it there. */
export const pauses = [0, 150, 250, 400, 600, 1_000, 2_000, 3_000];

const missedBeats = 3;

/** How long a stream may be silent, by the seconds between two beats that the service promised. An older service promised none, and said something every 10 seconds. */
export const silenceOf = (beat: string | null): number => (Number(beat) > 0 ? Number(beat) : 10) * missedBeats * 1_000;

/**
 * Follows the service's events for as long as the signal lets it. The browser's own EventSource gives up for good when a door
 * answers 503, as each does while nobody owns the management role; this one goes on from the last event.
 */
export async function follow(world: StreamWorld, listener: StreamListener, signal: AbortSignal): Promise<void> {
  let last: string | null = null;
  for (let failures = 0; !signal.aborted; failures++) {
    let error: unknown = null;
    try {
      const reader = new EventReader();
      await world.open(
        last,
        text => {
          for (const event of reader.push(text)) {
            if (event.id !== null) last = event.id;
            listener.event(event);
          }
        },
        () => {
          failures = 0;
          listener.connected();
        },
        signal,
      );
    } catch (thrown) {
      error = thrown;
    }
    if (signal.aborted) return;
    listener.lost(error);
    try {
      await world.wait(pauses[Math.min(failures, pauses.length - 1)] ?? 3_000, signal);
    } catch {
      return;
    }
  }
}
