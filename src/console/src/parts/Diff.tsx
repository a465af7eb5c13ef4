import { Stack, Text } from '@mantine/core';
import type { RoleChange } from '../api/cluster';
import { State } from './Badge';

const tones = { add: 'ok', create: 'ok', remove: 'bad', delete: 'bad' } as const;

/** What an apply would change, and what it would restart. */
export function Diff({ changes }: { changes: RoleChange[] }) {
  const real = changes.filter(change => !/^(same|unchanged|none)$/.test(change.action));
  if (real.length === 0) return <Text size="sm" c="dimmed">Nothing would change.</Text>;
  return (
    <Stack gap="xs">
      {real.map(change => (
        <div key={change.role} className="panel">
          <header><span><b>{change.role}</b> <State of={change.action} tone={tones[change.action as keyof typeof tones] ?? 'busy'} plain /></span></header>
          <pre className="diff" tabIndex={0} aria-label={`Changes of ${change.role}`}>
            {change.fields.map(field => (
              <span key={field.path}>
                {field.before !== null && field.before !== undefined && <span className="minus">− {field.path}: {field.before}</span>}
                {field.after !== null && field.after !== undefined && <span className="plus">+ {field.path}: {field.after}</span>}
              </span>
            ))}
            {change.fields.length === 0 && `${change.action} ${change.role}`}
          </pre>
          {change.restarts && change.restarts.length > 0 && <div className="inside"><Text size="sm" c="var(--warn)">Restarts: {change.restarts.join(', ')}</Text></div>}
        </div>
      ))}
    </Stack>
  );
}

/** A diff that the service wrote as text. */
export function TextDiff({ text, label }: { text: string; label: string }) {
  return (
    <pre className="diff panel" tabIndex={0} aria-label={label}>
      {text.split('\n').map((line, i) => <span key={i} className={/^\+/.test(line) ? 'plus' : /^[-−]/.test(line) ? 'minus' : undefined}>{line}{'\n'}</span>)}
    </pre>
  );
}
