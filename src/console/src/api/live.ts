import { Cell } from './cell';
import type { ClusterStatus } from './cluster';
import { invalidate, queries } from './hooks';
import type { Overview, ServiceState } from './management';
import { browserStream } from './openStream';
import { session } from './session';
import type { ServerEvent } from './sse';
import { follow } from './stream';
import { Problem } from './problem';

export interface Connection {
  state: 'connecting' | 'live' | 'lost';
  since: number;
  service: ServiceState | null;
  /** Set for a while after the service came back on another node. */
  moved: { to: string; seconds: number | null } | null;
}

export const connection = new Cell<Connection>({ state: 'connecting', since: Date.now(), service: null, moved: null });

/** What a kind of event makes old. */
const touches: Record<string, string[]> = {
  service: ['/overview'],
  cluster: ['/overview', '/nodes', '/roles', '/machines'],
  event: ['/events', '/history', '/overview'],
  operation: ['/operations', '/jobs', '/schedulers', '/things', '/snapshots'],
  alert: ['/alerts', '/overview'],
  approval: ['/approvals', '/overview', '/settings', '/acts'],
};

const old = new Set<string>();
let timer: ReturnType<typeof setTimeout> | null = null;

// A storm of events reads each list at most twice a second.
function touch(paths: string[]) {
  for (const path of paths) old.add(path);
  timer ??= setTimeout(() => {
    timer = null;
    for (const path of old) void invalidate(queries, path);
    old.clear();
  }, 500);
}

/** What to say after the service was seen somewhere: that it moved, and how long nobody could ask it. */
export function movedTo(before: ServiceState | null, now: ServiceState, lostForMs: number | null): Connection['moved'] {
  if (before === null || before.node === now.node) return null;
  return { to: now.node, seconds: now.outageSeconds ?? (lostForMs === null ? null : lostForMs / 1_000) };
}

let lostAt: number | null = null;

export function sawService(now: ServiceState) {
  const current = connection.get();
  const moved = movedTo(current.service, now, lostAt === null ? null : Date.now() - lostAt);
  connection.set({ ...current, service: now, moved: moved ?? current.moved });
}

export const dismissMoved = () => connection.set({ ...connection.get(), moved: null });

function take(event: ServerEvent) {
  touch(touches[event.type] ?? []);
  if (event.type === 'service') {
    const service = parse<ServiceState>(event.data);
    if (service?.node) sawService(service);
  } else if (event.type === 'cluster') {
    const status = parse<ClusterStatus>(event.data);
    if (status?.nodes && status.roles) queries.setQueryData(['/cluster', {}], status);
    else touch(['/cluster']);
  }
}

function parse<T>(data: string): Partial<T> & T | null {
  try {
    return JSON.parse(data) as T;
  } catch {
    return null;
  }
}

/** Follows the service while somebody is signed in. */
export function goLive(signal: AbortSignal): Promise<void> {
  return follow(
    browserStream,
    {
      event: take,
      connected: () => {
        const wasLost = connection.get().state === 'lost';
        connection.set({ ...connection.get(), state: 'live', since: Date.now() });
        // Whatever happened meanwhile. The service's own record says how long it was away.
        if (wasLost) void queries.invalidateQueries();
        void queries.fetchQuery<Overview>({ queryKey: ['/overview', {}] }).then(overview => sawService(overview.service), () => undefined).finally(() => (lostAt = null));
      },
      lost: error => {
        if (error instanceof Problem && error.status === 401) session.lose();
        lostAt ??= Date.now();
        if (connection.get().state !== 'lost') connection.set({ ...connection.get(), state: 'lost', since: Date.now() });
      },
    },
    signal,
  );
}
