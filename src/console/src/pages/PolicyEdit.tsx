import { Button, Group, List, Loader, Stack, Tabs, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { parse, stringify } from 'yaml';
import { path } from '../api/client';
import { useCan } from '../api/features';
import { useChange, useGet } from '../api/hooks';
import type { Policy, PolicyPreview } from '../api/management';
import { sentenceOf } from '../api/problem';
import { api } from '../api/world';
import { Act } from '../parts/Act';
import { State } from '../parts/Badge';
import { DataTable } from '../parts/DataTable';
import { TextDiff } from '../parts/Diff';
import { hasDraft, useDraft } from '../parts/drafts';
import { PageFrame } from '../parts/PageFrame';
import { Panel } from '../parts/Panel';
import { ProblemNote } from '../parts/ProblemNote';
import { go } from '../parts/router';
import { told } from '../parts/told';
import { YamlEditor } from '../parts/YamlEditor';
import { emptyPolicy } from './policyDraft';
import { PolicyForm } from './PolicyForm';

const touches = ['/policies', '/jobs', '/things', '/schedulers', '/overview'];

/** Makes or changes a policy, with what it would do shown before it is applied. */
export function PolicyEdit({ policy: name }: { policy?: string }) {
  const there = useGet<Policy>(name ? path`/policies/${name}` : null);
  const trail = [{ to: '/policies', text: 'Policies' }];
  if (name && !there.data) return <PageFrame title={name} trail={trail}><ProblemNote error={there.error} /></PageFrame>;
  return <Editor key={name} name={name ?? null} start={there.data ?? emptyPolicy} />;
}

function Editor({ name, start }: { name: string | null; start: Policy }) {
  const can = useCan();
  const key = `policy.${name ?? ' new'}`;
  const [drafted] = useState(() => hasDraft(key));
  const [policy, setPolicy, clear] = useDraft(key, start);
  const preview = usePreview(policy);
  const apply = useChange<{ message?: string } | undefined>(touches);
  const may = can('PUT /policies/{name}');
  const wrong = (preview.answer?.problems.length ?? 0) > 0;
  const leave = () => { clear(); go('/policies'); };
  const submit = () => apply.mutateAsync({ method: 'PUT', path: path`/policies/${policy.name}`, body: policy }).then(answer => { told(answer, `Policy ${policy.name} is in effect.`); leave(); }, () => undefined);
  return (
    <PageFrame title={name ?? 'New policy'} trail={[{ to: '/policies', text: 'Policies' }]} lead={drafted ? 'This is your draft; nothing of it is applied yet.' : undefined}
      actions={name && (
        <>
          <Act needs="DELETE /policies/{name}" color="red.8" change={{ method: 'DELETE', path: path`/policies/${name}` }} touches={touches} then={leave}
            confirm={{ title: `Delete ${name}`, verb: 'Delete', typed: name, children: <Text size="sm">Its jobs are removed: nothing it protects is backed up any more. Snapshots stay.</Text> }}>Delete</Act>
        </>
      )}>
      <div className="panel">
        <Tabs defaultValue="form" keepMounted={false}>
          <Tabs.List><Tabs.Tab value="form">Form</Tabs.Tab><Tabs.Tab value="text">Text</Tabs.Tab></Tabs.List>
          <Tabs.Panel value="form" p="md"><PolicyForm policy={policy} onChange={setPolicy} fixedName={name !== null} problems={preview.answer?.problems ?? []} readOnly={!may} /></Tabs.Panel>
          <Tabs.Panel value="text" p="md"><PolicyText policy={policy} onChange={setPolicy} /></Tabs.Panel>
        </Tabs>
      </div>
      <Preview of={preview} />
      {may && (
        <>
          <ProblemNote error={apply.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="subtle" color="gray" onClick={leave}>Discard</Button>
            <Button disabled={!policy.name || wrong || preview.busy || preview.error !== null} loading={apply.isPending} onClick={() => void submit()}>Apply</Button>
          </Group>
        </>
      )}
    </PageFrame>
  );
}

function PolicyText({ policy, onChange }: { policy: Policy; onChange: (policy: Policy) => void }) {
  const [text, setText] = useState(() => stringify(policy, { lineWidth: 0 }));
  const [wrong, setWrong] = useState<string | null>(null);
  const take = (next: string) => {
    setText(next);
    try {
      const read: unknown = parse(next);
      if (typeof read !== 'object' || read === null || Array.isArray(read)) throw new Error('A policy is a map of names and values.');
      setWrong(null);
      onChange({ ...(read as Policy), name: String((read as Policy).name ?? '') });
    } catch (error) {
      setWrong(sentenceOf(error));
    }
  };
  return (
    <Stack gap="xs">
      <YamlEditor label="Policy as text" value={text} onChange={take} />
      {wrong && <Text size="sm" c="var(--bad)" role="alert">{wrong} Until that is right, the form keeps what it had.</Text>}
    </Stack>
  );
}

interface PreviewState {
  answer: PolicyPreview | null;
  error: unknown;
  busy: boolean;
}

/** Asks the service what a policy would do, a moment after the last change. */
function usePreview(policy: Policy): PreviewState {
  const can = useCan();
  const offered = can('POST /policies/{name}/preview');
  const [state, setState] = useState<PreviewState & { of: string }>({ of: '', answer: null, error: null, busy: false });
  const text = JSON.stringify(policy);
  useEffect(() => {
    if (!offered || !policy.name) return;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      api.post<PolicyPreview>(path`/policies/${policy.name}/preview`, JSON.parse(text), { signal: stop.signal, patienceMs: 10_000 })
        .then(answer => setState({ of: text, answer, error: null, busy: false }), (error: unknown) => { if (!stop.signal.aborted) setState(before => ({ ...before, of: text, error, busy: false })); });
    }, 500);
    return () => { clearTimeout(timer); stop.abort(); };
  }, [text, policy.name, offered]);
  return { ...state, busy: offered && policy.name !== '' && state.of !== text };
}

function Preview({ of }: { of: PreviewState }) {
  const { answer, error, busy } = of;
  if (!answer && !error && !busy) return null;
  return (
    <Panel title="What it would do" actions={busy && <Loader size={14} role="status" aria-label="Asking" />}>
      <Stack gap="sm" aria-live="polite">
        <ProblemNote error={error} />
        {answer && answer.problems.length > 0 && <List size="sm">{answer.problems.map(problem => <List.Item key={problem.field + problem.message}><State of="problem" /> <span className="mono">{problem.field}</span> {problem.message}</List.Item>)}</List>}
        {answer?.warnings && answer.warnings.length > 0 && <List size="sm">{answer.warnings.map(problem => <List.Item key={problem.field + problem.message}><State of="warning" /> <span className="mono">{problem.field}</span> {problem.message}</List.Item>)}</List>}
        {answer && answer.jobs.length > 0 && (
          <div className="panel">
            <DataTable label="Jobs of the policy" rows={answer.jobs} rowKey={row => row.name} columns={[
              { title: 'Job', cell: row => row.name },
              { title: 'Change', cell: row => <State of={row.action ?? 'same'} tone={row.action === 'remove' ? 'bad' : row.action === 'add' || row.action === 'create' ? 'ok' : 'busy'} plain />, look: 'tight' },
              { title: 'For', cell: row => [row.purpose, row.thing].filter(Boolean).join(' of ') },
              { title: 'Vault', cell: row => row.vault ?? '–' },
            ]} />
          </div>
        )}
        {answer?.diff && <TextDiff text={answer.diff} label="Differences" />}
        {answer && answer.problems.length === 0 && answer.jobs.length === 0 && !answer.diff && <Text size="sm" c="dimmed">Nothing would change.</Text>}
      </Stack>
    </Panel>
  );
}
