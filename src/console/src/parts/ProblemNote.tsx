import { Alert, Text } from '@mantine/core';
import { Problem, sentenceOf } from '../api/problem';

/** What went wrong, what to do, and the code to look for. */
export function ProblemNote({ error }: { error: unknown }) {
  if (!error) return null;
  const problem = error instanceof Problem ? error : null;
  return (
    <Alert color="red" variant="outline" role="alert" p="sm" styles={{ title: { color: 'var(--bad)' }, message: { color: 'inherit' } }}>
      <Text size="sm" fw={550} style={{ whiteSpace: 'pre-line', overflowWrap: 'anywhere' }}>{sentenceOf(error)}</Text>
      {problem?.hint && <Text size="sm">{problem.hint}</Text>}
      {problem && <Text size="xs" c="dimmed" className="mono">{problem.field ? `${problem.field} · ` : ''}{problem.code}</Text>}
    </Alert>
  );
}
