import { Button, Group, Loader, MultiSelect, Select, Stack, Stepper, Text, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { ApplyResponse, RoleDetail } from '../api/cluster';
import { path } from '../api/client';
import { useChange, useGet } from '../api/hooks';
import { api } from '../api/world';
import { Diff } from '../parts/Diff';
import { DataTable } from '../parts/DataTable';
import { useDraft, hasDraft } from '../parts/drafts';
import { PageFrame } from '../parts/PageFrame';
import { Panel } from '../parts/Panel';
import { ProblemNote } from '../parts/ProblemNote';
import { ResourceForm } from '../parts/ResourceForm';
import { go } from '../parts/router';
import { told } from '../parts/told';
import { useCluster } from '../parts/useCluster';
import { YamlEditor } from '../parts/YamlEditor';
import { emptyRole, readRole, withKey, withName, withoutResource, withResource } from './roleDraft';

/** Makes or changes a role, step by step: place, resources, summary. The declaration is what is edited; each step is a view of it. */
export function RoleEdit({ role }: { role?: string }) {
  const there = useGet<RoleDetail>(role && !hasDraft(`role.${role}`) ? path`/roles/${role}` : null);
  const start = role ? there.data?.declaration : emptyRole;
  const trail = [{ to: '/roles', text: 'Roles' }, ...(role ? [{ to: path`/roles/${role}`, text: role }] : [])];
  const title = role ? `Edit ${role}` : 'New role';
  if (role && !hasDraft(`role.${role}`) && start === undefined) return <PageFrame title={title} trail={trail}><ProblemNote error={there.error} /></PageFrame>;
  return <PageFrame title={title} trail={trail} lead="Nothing changes before the last step."><Steps role={role ?? null} start={start ?? emptyRole} /></PageFrame>;
}

function Steps({ role, start }: { role: string | null; start: string }) {
  const [text, setText, clear] = useDraft(`role.${role ?? ' new'}`, start);
  const [step, setStep] = useState(0);
  const draft = readRole(text);
  const nodes = useCluster().data?.nodes.filter(node => node.kind === 'member').map(node => node.name) ?? [];
  const leave = (to: string) => { clear(); go(to); };
  return (
    <Panel title="Declaration of the role">
      <Stepper active={step} onStepClick={setStep} size="xs" mb="md">
        <Stepper.Step label="Name and nodes" />
        <Stepper.Step label="Resources" />
        <Stepper.Step label="Summary" />
      </Stepper>
      {step < 2 && draft === null && <Text size="sm">This declaration can only be edited as text, in the last step.</Text>}
      {step === 0 && draft && (
        <Stack gap="sm" maw={560}>
          <TextInput label="Name" required value={draft.name} readOnly={role !== null} onChange={event => setText(withName(text, event.currentTarget.value))} description="Lower-case letters, digits and -" spellCheck={false} />
          <MultiSelect label="Preferred owners" description="Best first." data={nodes} value={draft.preferred} onChange={value => setText(withKey(text, 'preferred-owners', value))} />
          <MultiSelect label="Possible owners" description="None named: every member." data={nodes} value={draft.possible} onChange={value => setText(withKey(text, 'possible-owners', value))} />
          <Select label="Runs" data={[{ value: 'single', label: 'on one node at a time' }, { value: 'everywhere', label: 'on every node that may own it' }]} value={draft.mode} onChange={value => setText(withKey(text, 'mode', value ?? 'single', 'single'))} />
          <Select label="Goes back to a preferred owner" data={[...new Set(['never', 'at-once', 'when-idle', 'ask', draft.failback])]} value={draft.failback} onChange={value => setText(withKey(text, 'failback', value ?? 'never', 'never'))} />
        </Stack>
      )}
      {step === 1 && draft && <Resources text={text} setText={setText} />}
      {step === 2 && <Summary text={text} setText={setText} applied={() => leave(path`/roles/${draft?.name ?? role ?? ''}`)} />}
      <Group justify="space-between" mt="md">
        <Button variant="subtle" color="gray" onClick={() => leave(role ? path`/roles/${role}` : '/roles')}>Discard</Button>
        <Group gap="xs">
          {step > 0 && <Button variant="default" onClick={() => setStep(step - 1)}>Back</Button>}
          {step < 2 && <Button onClick={() => setStep(step + 1)}>Next</Button>}
        </Group>
      </Group>
    </Panel>
  );
}

function Resources({ text, setText }: { text: string; setText: (text: string) => void }) {
  const [adding, setAdding] = useState(false);
  const resources = readRole(text)?.resources ?? [];
  return (
    <Stack gap="sm">
      <div className="panel">
        <DataTable label="Resources" rows={resources} rowKey={row => row.name} empty="No resources yet: a role needs at least one to do anything." columns={[
          { title: 'Resource', cell: row => row.name },
          { title: 'Type', cell: row => row.type },
          { title: 'Depends on', cell: row => row.dependsOn.join(', ') },
          { title: '', cell: row => <Button size="compact-xs" variant="default" aria-label={`Remove ${row.name}`} onClick={() => setText(withoutResource(text, row.name))}>Remove</Button> },
        ]} />
      </div>
      {adding
        ? <div className="panel"><div className="inside"><ResourceForm others={resources.map(item => item.name)} onCancel={() => setAdding(false)} onAdd={(name, properties) => { setText(withResource(text, name, properties)); setAdding(false); }} /></div></div>
        : <Group><Button variant="default" onClick={() => setAdding(true)}>Add resource…</Button></Group>}
    </Stack>
  );
}

/** The text as it will be applied, and what it would change: asked anew after each change of the text. */
function Summary({ text, setText, applied }: { text: string; setText: (text: string) => void; applied: () => void }) {
  const [preview, setPreview] = useState<{ of: string; answer?: ApplyResponse; error?: unknown } | null>(null);
  const apply = useChange<ApplyResponse>(['/cluster', '/roles', '/jobs', '/overview']);
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => {
      api.post<ApplyResponse>('/apply?dryRun=true', undefined, { text: { content: text, type: 'application/yaml' }, signal: stop.signal })
        .then(answer => setPreview({ of: text, answer }), (error: unknown) => { if (!stop.signal.aborted) setPreview({ of: text, error }); });
    }, 400);
    return () => { clearTimeout(timer); stop.abort(); };
  }, [text]);
  const fresh = preview?.of === text ? preview : null;
  const submit = () =>
    apply.mutateAsync({ method: 'POST', path: '/apply', text: { content: text, type: 'application/yaml' } })
      .then(answer => { told(answer, 'Applied.'); applied(); }, () => undefined);
  return (
    <Stack gap="sm">
      <YamlEditor label="Declaration" value={text} onChange={setText} />
      <div aria-live="polite">
        <Text size="sm" fw={600} mb={6}>What would change {!fresh && <Loader size={12} role="status" aria-label="Asking" />}</Text>
        {fresh?.error !== undefined && <ProblemNote error={fresh.error} />}
        {fresh?.answer && <Diff changes={fresh.answer.changes} />}
      </div>
      <ProblemNote error={apply.error} />
      <Group justify="flex-end"><Button disabled={!fresh?.answer} loading={apply.isPending} onClick={() => void submit()}>Apply</Button></Group>
    </Stack>
  );
}
