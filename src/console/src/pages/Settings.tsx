import { Button, Checkbox, Group, NumberInput, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useCan } from '../api/features';
import { useChange, useGet } from '../api/hooks';
import type { ActInfo, DatabaseReport, Settings as SettingsData } from '../api/management';
import { State } from '../parts/Badge';
import { useDraft } from '../parts/drafts';
import { PageFrame } from '../parts/PageFrame';
import { Panel } from '../parts/Panel';
import { ProblemNote } from '../parts/ProblemNote';
import { told } from '../parts/told';

/** What the management service is set to. */
export function Settings() {
  const can = useCan();
  const { data, error } = useGet<SettingsData>('/settings');
  return (
    <PageFrame title="Settings">
      {data ? <Form key={data.revision} start={data} /> : <ProblemNote error={error} />}
      {can('POST /database/test') && <Panel title="Repository database"><DatabaseTest /></Panel>}
    </PageFrame>
  );
}

const history: [keyof SettingsData['history'], string][] = [
  ['operationsDays', 'Runs of jobs'], ['eventsDays', 'Events'], ['auditDays', 'Audit'], ['ownersDays', 'Owners of roles'], ['alertsDays', 'Alerts that are over'], ['chartsDays', 'Daily points of charts'],
];

function Form({ start }: { start: SettingsData }) {
  const can = useCan();
  const acts = useGet<ActInfo[]>(can('GET /acts') ? '/acts' : null).data ?? [];
  const [settings, set, clear] = useDraft('settings', start);
  const keep = useChange<{ message?: string } | undefined>(['/settings', '/acts', '/overview']);
  const readOnly = !can('PUT /settings');
  const second = settings.secondPerson;
  const changed = JSON.stringify(settings) !== JSON.stringify(start);
  const restart = () => { set(start); clear(); };
  const submit = () => keep.mutateAsync({ method: 'PUT', path: '/settings', body: settings }).then(answer => { if (told(answer, 'The settings are kept.')) clear(); else restart(); }, () => undefined);
  return (
    <form onSubmit={event => { event.preventDefault(); void submit(); }}>
      <Stack gap="md">
        <Panel title="History is kept for">
          <Fields>{history.map(([name, label]) => <Days key={name} label={label} value={settings.history[name]} readOnly={readOnly} onChange={value => set({ ...settings, history: { ...settings.history, [name]: value } })} />)}</Fields>
        </Panel>
        <Panel title="Sign-in, console and API">
          <Fields>
            <Days label="A session ends after" unit="hours" value={settings.sessions.hours} readOnly={readOnly} onChange={hours => set({ ...settings, sessions: { ...settings.sessions, hours } })} />
            <Days label="Longest life of a token" value={settings.sessions.longestTokenDays} readOnly={readOnly} onChange={longestTokenDays => set({ ...settings, sessions: { ...settings.sessions, longestTokenDays } })} />
            <Days label="Requests of one person" unit="a second" value={settings.requestsPerSecond} readOnly={readOnly} onChange={requestsPerSecond => set({ ...settings, requestsPerSecond })} />
            <TextInput label="Address of the console" description="For links in alerts; empty for none." placeholder="https://holdfast.example.org:7400" value={settings.consoleAddress ?? ''} readOnly={readOnly} onChange={event => set({ ...settings, consoleAddress: event.currentTarget.value || null })} />
          </Fields>
        </Panel>
        <Panel title="Acts that need a second person">
          <Stack gap="xs">
            <Text size="sm">Such an act is not done at once: another administrator has to approve it. To switch this off again needs a second person too.</Text>
            <Switch label="Every act of this list" checked={second.all} disabled={readOnly} onChange={event => set({ ...settings, secondPerson: { ...second, all: event.currentTarget.checked } })} />
            {acts.map(act => act.always
              ? <Checkbox key={act.name} label={`${act.sentence} (as soon as any act does)`} checked={second.all || second.acts.length > 0} disabled readOnly />
              : <Checkbox key={act.name} label={act.sentence} checked={second.all || second.acts.includes(act.name)} disabled={readOnly || second.all}
                  onChange={event => set({ ...settings, secondPerson: { ...second, acts: event.currentTarget.checked ? [...second.acts, act.name] : second.acts.filter(name => name !== act.name) } })} />)}
            <Days label="Waits for an approval" unit="hours" value={second.expiresHours} readOnly={readOnly} onChange={expiresHours => set({ ...settings, secondPerson: { ...second, expiresHours } })} />
          </Stack>
        </Panel>
        <ProblemNote error={keep.error} />
        {!readOnly && <Group gap="xs"><Button type="submit" disabled={!changed} loading={keep.isPending}>Keep</Button>{changed && <Button variant="subtle" color="gray" onClick={restart}>Discard</Button>}</Group>}
      </Stack>
    </form>
  );
}

const Fields = ({ children }: { children: ReactNode }) => <Group gap="md" align="flex-end">{children}</Group>;

function Days({ label, unit = 'days', value, readOnly, onChange }: { label: string; unit?: string; value: number; readOnly: boolean; onChange: (value: number) => void }) {
  return <NumberInput w={220} label={label} suffix={` ${unit}`} min={1} allowDecimal={false} value={value} readOnly={readOnly} onChange={next => onChange(typeof next === 'number' ? next : value)} />;
}

/** Tries a database from where the service runs; what is typed is kept nowhere. */
function DatabaseTest() {
  const [address, setAddress] = useState('');
  const test = useChange<DatabaseReport>();
  const report = test.data;
  return (
    <form onSubmit={event => { event.preventDefault(); test.mutate({ method: 'POST', path: '/database/test', body: { address: address || null } }); }}>
      <Stack gap="sm" align="flex-start">
        <TextInput w="100%" maw={560} type="password" label="Address to try" description="postgres://USER:PASSWORD@HOST/DATABASE; empty tries the one in use. Nothing is changed in it, nor here: the role's declaration names the file with the address." value={address} onChange={event => setAddress(event.currentTarget.value)} autoComplete="off" spellCheck={false} />
        <Button type="submit" variant="default" loading={test.isPending}>Test connection</Button>
        <div role="status">
          <ProblemNote error={test.error} />
          {report && <Text size="sm"><State of={report.works ? 'ok' : 'problem'} text={report.works ? 'Works' : 'Does not work'} /> {report.sentence} {report.hint} {report.version && `${report.version}, ${report.milliseconds} ms.`}</Text>}
        </div>
      </Stack>
    </form>
  );
}
