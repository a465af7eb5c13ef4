import { Button, Group, SimpleGrid, Stack, TextInput } from '@mantine/core';
import type { NodeSettings as Settings, NodeSettingsAnswer } from '../api/cluster';
import { path } from '../api/client';
import { useCan } from '../api/features';
import { useChange, useGet } from '../api/hooks';
import { useDraft } from './drafts';
import { formOf, mistakesOf, placeholderOf, settingsOf } from './nodeSettings';
import { Panel } from './Panel';
import { ProblemNote } from './ProblemNote';
import { told } from './told';

const fields: [keyof Settings, string, string][] = [
  ['description', 'Description', 'Where it stands, what it is for.'],
  ['jobs', 'Jobs at once', 'How many jobs may have a run at work on it; others wait.'],
  ['bandwidth', 'Bandwidth of each run', 'A second, to its vault and from it, such as 10MiB. Of this and the job’s own the smaller one counts, from its next run on.'],
  ['diskFreePercent', 'Unwell below free disk, %', 'Of the disk of its state. By default only with less than 1 GiB; a percentage set here counts alone.'],
  ['memoryFreePercent', 'Unwell below free memory, %', 'By default only with less than 256 MiB; a percentage set here counts alone.'],
  ['storeMilliseconds', 'Unwell when a renewal takes longer, ms', 'Of its lease. Half a lease is the most, and the default.'],
];

/** What a node is set to. */
export function NodeSettings({ node }: { node: string }) {
  const { data, error } = useGet<NodeSettingsAnswer>(path`/nodes/${node}/settings`);
  return (
    <Panel title="Settings">
      {data?.node === node ? <Form key={`${node} ${JSON.stringify(data)}`} answer={data} /> : <ProblemNote error={error} />}
    </Panel>
  );
}

function Form({ answer }: { answer: NodeSettingsAnswer }) {
  const can = useCan();
  const start = formOf(answer.settings);
  const [form, set, clear] = useDraft(`node.settings.${answer.node}`, start);
  const at = path`/nodes/${answer.node}/settings`;
  const save = useChange<{ message?: string } | undefined>([at, '/nodes', '/cluster']);
  const readOnly = !can('PUT /nodes/{node}/settings');
  const mistakes = mistakesOf(form, answer.defaults);
  const changed = JSON.stringify(form) !== JSON.stringify(start);
  const restart = () => { set(start); clear(); };
  const submit = () => save.mutateAsync({ method: 'PUT', path: at, body: settingsOf(form, answer.names) }).then(done => { if (told(done, 'The settings are saved.')) clear(); else restart(); }, () => undefined);
  return (
    <form onSubmit={event => { event.preventDefault(); if (Object.keys(mistakes).length === 0) void submit(); }}>
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, md: 3 }} spacing="md">
          {fields.filter(([name]) => answer.names.includes(name)).map(([name, label, description]) => (
            <TextInput key={name} label={label} description={description} placeholder={placeholderOf(name, answer.defaults)} value={form[name]} error={mistakes[name]} readOnly={readOnly}
              inputMode={name === 'description' || name === 'bandwidth' ? 'text' : 'numeric'} autoComplete="off" onChange={event => set({ ...form, [name]: event.currentTarget.value })} />
          ))}
        </SimpleGrid>
        <ProblemNote error={save.error} />
        {!readOnly && (
          <Group gap="xs">
            <Button type="submit" disabled={!changed || Object.keys(mistakes).length > 0} loading={save.isPending}>Save</Button>
            {changed && <Button variant="subtle" color="gray" onClick={restart}>Discard</Button>}
          </Group>
        )}
      </Stack>
    </form>
  );
}
