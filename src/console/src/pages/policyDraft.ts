import type { Policy, PolicyProblem, PolicyThing } from '../api/management';

export const emptyPolicy: Policy = {
  name: '', things: [{ kind: 'tree', name: '' }], vaults: [], schedule: { when: '0 2 * * *' }, retention: { keep: { daily: '7', weekly: '5', monthly: '12' } }, rpoSeconds: 26 * 3600,
};

/** Changes one field inside a policy, leaving alone what the form knows nothing of. Null takes it out. */
export function changed(policy: Policy, path: string[], value: unknown): Policy {
  return put(policy as unknown as Record<string, unknown>, path, value) as unknown as Policy;
}

function put(target: Record<string, unknown>, [key, ...rest]: string[], value: unknown): Record<string, unknown> {
  if (key === undefined) return target;
  const copy = { ...target };
  if (rest.length > 0) {
    const inner = copy[key];
    copy[key] = put(typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? (inner as Record<string, unknown>) : {}, rest, value);
  } else if (value === null || value === '' || value === undefined) delete copy[key];
  else copy[key] = value;
  return copy;
}

export const withThing = (policy: Policy, at: number, thing: PolicyThing): Policy => ({ ...policy, things: (policy.things ?? []).map((old, i) => (i === at ? thing : old)) });
export const withoutThing = (policy: Policy, at: number): Policy => ({ ...policy, things: (policy.things ?? []).filter((_, i) => i !== at) });

const parts = (field: string) => field.toLowerCase().replace(/\[(\d+)\]/g, '.$1').split(/[./]/).filter(Boolean).join('.');

/** What is wrong with a field: the problems that name it or something inside it. */
export function problemOfField(problems: PolicyProblem[], field: string): string | undefined {
  const wanted = parts(field);
  const found = problems.filter(problem => parts(problem.field) === wanted || parts(problem.field).startsWith(`${wanted}.`));
  return found.length > 0 ? found.map(problem => problem.message).join(' ') : undefined;
}
