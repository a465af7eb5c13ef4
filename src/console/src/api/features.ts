import { Cell, useCell } from './cell';
import type { Level } from './cluster';
import { session } from './session';

/** What the service's own description says it can do: `POST /roles/{}/move`. Null until it was read. */
export const features = new Cell<ReadonlyMap<string, Level> | null>(null);

/** One area of the API, to some of which a token can be limited. */
export interface Area {
  name: string;
  description?: string;
}

/** The areas that the service's own description names; none until it was read. */
export const areas = new Cell<readonly Area[]>([]);

const methods = ['get', 'post', 'put', 'delete'] as const;
const levels: Level[] = ['none', 'viewer', 'operator', 'admin'];

interface ApiDocument {
  tags?: Area[];
  paths?: Record<string, Record<string, unknown>>;
}

/** Reads which operations there are. Names of parameters do not matter. */
export function operationsOf(document: ApiDocument): Map<string, Level> {
  const operations = new Map<string, Level>();
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const method of methods) {
      const operation = item[method];
      if (operation === undefined) continue;
      const key = shape(`${method.toUpperCase()} ${path.replace(/^\/api\/v1/, '')}`);
      operations.set(key, levelOf(operation) ?? usual(key));
    }
  }
  return operations;
}

/** Reads which areas there are: none where the service is older than they are. */
export const areasOf = (document: ApiDocument): Area[] => (document.tags ?? []).filter(area => typeof area.name === 'string');

export const shape = (operation: string) => operation.replace(/\{[^}]*\}/g, '{}').replace(/\/$/, '');

function levelOf(operation: unknown): Level | null {
  const said = typeof operation === 'object' && operation !== null ? (operation as Record<string, unknown>)['x-level'] : null;
  return levels.find(level => level === said) ?? null;
}

// Where the description does not say it (docs/design/management.md). Only what is shown depends on it: the service decides.
const administration = /^(?!GET) ?\S+ \/(people|tokens|policies|vaults|alert-rules|channels|settings|approvals|apply|access|upgrade|profile|nodes\/\{\}\/(evict|revoke|confirm-down|renew-certificate)|roles\/\{\}\/resources$|roles\/\{\}$)/;
const secrets = /^GET \/(people|tokens|approvals|settings|access|audit)/;

export function usual(operation: string): Level {
  if (secrets.test(operation) || administration.test(operation)) return 'admin';
  return operation.startsWith('GET') ? 'viewer' : 'operator';
}

// The description may name one path for each kind of a thing, or one for all of them.
function fits(there: string, wanted: string): boolean {
  const [a, b] = [there.split('/'), wanted.split('/')];
  return a.length === b.length && a.every((part, i) => part === b[i] || (i > 0 && (part === '{}' || b[i] === '{}')));
}

export function allowed(known: ReadonlyMap<string, Level> | null, level: Level, operation: string): boolean {
  const wanted = shape(operation);
  const needed = known?.get(wanted) ?? [...(known ?? [])].find(([there]) => fits(there, wanted))?.[1];
  return needed !== undefined && levels.indexOf(level) >= levels.indexOf(needed);
}

/** Whether the person may ask for it here: `can('POST /roles/{role}/move')`. What cannot be done is not shown. */
export function useCan(): (operation: string) => boolean {
  const known = useCell(features);
  const { person } = useCell(session);
  return operation => allowed(known, person?.level ?? 'none', operation);
}
