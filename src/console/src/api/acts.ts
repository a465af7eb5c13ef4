import { Cell, useCell } from './cell';
import { shape, useCan } from './features';
import { useGet } from './hooks';
import type { ActInfo, Approval } from './management';

/** Which operations can need a second person, by the acts that the service's own description names: `DELETE /roles/{}`. */
export const acts = new Cell<ReadonlyMap<string, string[]>>(new Map());

interface ApiDocument {
  paths?: Record<string, Record<string, unknown>>;
}

/** Reads them. */
export function actsOf(document: ApiDocument): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const [method, operation] of Object.entries(item)) {
      const names = typeof operation === 'object' && operation !== null ? (operation as Record<string, unknown>)['x-second-person'] : null;
      if (Array.isArray(names)) found.set(shape(`${method.toUpperCase()} ${path.replace(/^\/api\/v1/, '')}`), names.map(String));
    }
  }
  return found;
}

/** Whether an operation needs a second person as things are set. What depends on its body is not known before: those may. */
export function useSecondPerson(): (operation: string) => boolean {
  const known = useCell(acts);
  const can = useCan();
  const { data } = useGet<ActInfo[]>(can('GET /acts') ? '/acts' : null);
  return operation => (known.get(shape(operation)) ?? []).some(name => data?.some(act => act.name === name && act.on));
}

/** Whether a change was not made, but waits for a second person (status 202). */
export function waits(answer: unknown): answer is { message: string; approval: Approval } {
  const approval = typeof answer === 'object' && answer !== null ? (answer as { approval?: Partial<Approval> | null }).approval : null;
  return typeof approval === 'object' && approval !== null && approval.state === 'waiting';
}
