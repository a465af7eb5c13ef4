import { Button, Fieldset, Group, NumberInput, Stack, Switch, TagsInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useCan } from '../api/features';
import { useChange, useGet } from '../api/hooks';
import type { Settings as SettingsData, SettingValue } from '../api/management';
import { useDraft } from '../parts/drafts';
import { words } from '../parts/format';
import { PageFrame } from '../parts/PageFrame';
import { Panel } from '../parts/Panel';
import { ProblemNote } from '../parts/ProblemNote';
import { Problem } from '../api/problem';
import { tell } from '../parts/toasts';

/** What the management service is set to. */
export function Settings() {
  const { data, error } = useGet<SettingsData>('/settings');
  return <PageFrame title="Settings">{data ? <Form start={data} /> : <ProblemNote error={error} />}</PageFrame>;
}

function Form({ start }: { start: SettingsData }) {
  const can = useCan();
  const [settings, setSettings, clear] = useDraft('settings', start);
  const [kept, setKept] = useState(start);
  const keep = useChange<{ message?: string } | undefined>(['/settings', '/overview']);
  const may = can('PUT /settings');
  const changed = JSON.stringify(settings) !== JSON.stringify(kept);
  const submit = () => keep.mutateAsync({ method: 'PUT', path: '/settings', body: settings }).then(answer => { setKept(settings); clear(); tell(answer?.message ?? 'The settings are kept.'); }, () => undefined);
  const field = keep.error instanceof Problem ? keep.error.field : null;
  return (
    <Panel title="Management service">
      <form onSubmit={event => { event.preventDefault(); void submit(); }}>
        <Stack gap="md" maw={560}>
          {Object.entries(settings).map(([name, value]) => <Setting key={name} name={name} path={name} value={value} wrong={field} readOnly={!may} onChange={next => setSettings({ ...settings, [name]: next })} />)}
          <ProblemNote error={keep.error} />
          {may && <Group gap="xs"><Button type="submit" disabled={!changed} loading={keep.isPending}>Keep</Button>{changed && <Button variant="subtle" color="gray" onClick={() => { clear(); setSettings(kept); }}>Discard</Button>}</Group>}
        </Stack>
      </form>
    </Panel>
  );
}

interface SettingProps {
  name: string;
  path: string;
  value: SettingValue;
  wrong: string | null;
  readOnly: boolean;
  onChange: (value: SettingValue) => void;
}

/** One setting, shown by what it is: the service owns the list, and checks it. */
function Setting({ name, path, value, wrong, readOnly, onChange }: SettingProps) {
  const label = words(name);
  const error = wrong === path;
  if (typeof value === 'boolean') return <Switch label={label} checked={value} disabled={readOnly} error={error} onChange={event => onChange(event.currentTarget.checked)} />;
  if (typeof value === 'number') return <NumberInput label={label} value={value} readOnly={readOnly} error={error} onChange={next => onChange(typeof next === 'number' ? next : value)} />;
  if (Array.isArray(value)) return <TagsInput label={label} value={value.map(String)} readOnly={readOnly} error={error} onChange={onChange} />;
  if (typeof value === 'object' && value !== null) {
    return (
      <Fieldset legend={label}>
        <Stack gap="sm">{Object.entries(value).map(([key, inner]) => <Setting key={key} name={key} path={`${path}.${key}`} value={inner} wrong={wrong} readOnly={readOnly} onChange={next => onChange({ ...value, [key]: next })} />)}</Stack>
      </Fieldset>
    );
  }
  return <TextInput label={label} value={value ?? ''} readOnly={readOnly} error={error} onChange={event => onChange(event.currentTarget.value === '' && value === null ? null : event.currentTarget.value)} />;
}
