import { Button, Fieldset, Group, MultiSelect, NumberInput, Select, SimpleGrid, Stack, Switch, TagsInput, TextInput } from '@mantine/core';
import { useCan } from '../api/features';
import { useList } from '../api/hooks';
import type { Policy, PolicyProblem, PolicyThing, Vault } from '../api/management';
import { useCluster } from '../parts/useCluster';
import { changed, problemOfField, withoutThing, withThing } from './policyDraft';

interface Props {
  policy: Policy;
  onChange: (policy: Policy) => void;
  problems: PolicyProblem[];
  fixedName: boolean;
  readOnly: boolean;
}

const kinds = [{ value: 'tree', label: 'Folder' }, { value: 'volume', label: 'Volume' }, { value: 'shared-volume', label: 'Shared volume' }, { value: 'database', label: 'Database' }, { value: 'node', label: 'Whole node' }];
const keeps = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'];

/** The usual parts of a policy; what it does not show stays as it is. */
export function PolicyForm({ policy, onChange, problems, fixedName, readOnly }: Props) {
  const can = useCan();
  const vaults = useList<Vault>(can('GET /vaults') ? '/vaults' : null).items.map(vault => vault.name);
  const channels = useList<{ name: string }>(can('GET /channels') ? '/channels' : null).items.map(channel => channel.name);
  const set = (path: string, value: unknown) => onChange(changed(policy, path.split('.'), value));
  const wrong = (field: string) => problemOfField(problems, field);
  const text = (label: string, path: string, value: string | null | undefined, more: { placeholder?: string; description?: string; required?: boolean } = {}) =>
    <TextInput label={label} value={value ?? ''} onChange={event => set(path, event.currentTarget.value)} error={wrong(path)} spellCheck={false} {...more} />;
  const hours = (label: string, path: 'rpoSeconds' | 'rtoSeconds', description: string) =>
    <NumberInput label={label} description={description} min={0} decimalScale={2} value={policy[path] ? policy[path] / 3600 : ''} onChange={value => set(path, value === '' ? null : Math.round(Number(value) * 3600))} error={wrong(path)} />;
  const { schedule, retention, verification } = policy;
  return (
    <Stack gap="md" component="fieldset" style={{ border: 0, padding: 0, margin: 0, minWidth: 0 }} {...(readOnly ? { disabled: true } : {})}>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput label="Name" required value={policy.name} readOnly={fixedName} maxLength={24} onChange={event => set('name', event.currentTarget.value)} error={wrong('name')} spellCheck={false} />
        {text('Description', 'description', policy.description)}
      </SimpleGrid>
      <Fieldset legend="What">
        <Stack gap="sm">
          {(policy.things ?? []).map((thing, i) => <ThingFields key={i} at={i} thing={thing} problem={wrong(`things[${i}]`)} onChange={next => onChange(withThing(policy, i, next))} onRemove={() => onChange(withoutThing(policy, i))} />)}
          <Group><Button variant="default" onClick={() => onChange({ ...policy, things: [...(policy.things ?? []), { kind: 'tree', name: '' }] })}>Add another</Button></Group>
        </Stack>
      </Fieldset>
      <Fieldset legend="Where to and when">
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {vaults.length > 0 ? <MultiSelect label="Vaults" required data={vaults} value={policy.vaults ?? []} onChange={value => set('vaults', value)} error={wrong('vaults')} /> : <TagsInput label="Vaults" required value={policy.vaults ?? []} onChange={value => set('vaults', value)} error={wrong('vaults')} />}
          {text('When', 'schedule.when', schedule.when, { required: true, description: 'A cron expression, every 6h, or on-demand.' })}
          {text('Time zone', 'schedule.zone', schedule.zone, { placeholder: 'UTC' })}
          <TagsInput label="Only between" splitChars={[';']} placeholder="22:00-06:00" value={listOf(schedule.window)} onChange={value => set('schedule.window', value.length > 0 ? value : null)} error={wrong('schedule.window')} />
          <Select label="A run that nobody could start" data={[{ value: 'run-once', label: 'runs as soon as it can' }, { value: 'skip', label: 'is skipped' }]} value={schedule.missed ?? 'run-once'} onChange={value => set('schedule.missed', value === 'run-once' ? null : value)} error={wrong('schedule.missed')} />
          {text('At most per second', 'schedule.bandwidth', schedule.bandwidth, { placeholder: '10MiB' })}
          {text('Account', 'user', policy.user, { placeholder: 'nobody', description: 'Its jobs run as this one, which must be able to read all of it and to write the vaults.' })}
        </SimpleGrid>
      </Fieldset>
      <Fieldset legend="Kept">
        <SimpleGrid cols={{ base: 2, xs: 3, md: 6 }}>
          {keeps.map(rule => <TextInput key={rule} label={rule} inputMode="numeric" value={retention?.keep?.[rule] ?? ''} onChange={event => set(`retention.keep.${rule}`, event.currentTarget.value)} error={wrong(`retention.keep.${rule}`)} />)}
        </SimpleGrid>
      </Fieldset>
      <Fieldset legend="Promises and proof">
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {hours('At most lost, hours', 'rpoSeconds', 'An alert when the last snapshot is older.')}
          {hours('Back within, hours', 'rtoSeconds', 'Against measured restores and takeovers.')}
          {text('Check the vault', 'verification.checkWhen', verification?.checkWhen, { placeholder: '0 6 * * 0' })}
          {text('Prove a restore', 'verification.proofWhen', verification?.proofWhen, { placeholder: '0 8 * * 0' })}
          {text('Scratch folder for proofs', 'verification.scratch', verification?.scratch, { placeholder: '/srv/scratch' })}
          {channels.length > 0 && <MultiSelect label="Tell" description="None chosen: the channels of the alert rules." data={channels} value={policy.alertChannels ?? []} onChange={value => set('alertChannels', value)} />}
        </SimpleGrid>
        <Switch mt="md" label="Suspended: its jobs do not run" checked={policy.suspended ?? false} onChange={event => set('suspended', event.currentTarget.checked || null)} />
      </Fieldset>
    </Stack>
  );
}

const listOf = (value: string | string[] | null | undefined) => value === null || value === undefined || value === '' ? [] : typeof value === 'string' ? [value] : value;

interface ThingProps {
  at: number;
  thing: PolicyThing;
  problem: string | undefined;
  onChange: (thing: PolicyThing) => void;
  onRemove: () => void;
}

function ThingFields({ at, thing, problem, onChange, onRemove }: ThingProps) {
  const cluster = useCluster().data;
  const nodes = cluster?.nodes.map(node => node.name) ?? [];
  const roles = cluster?.roles.map(role => role.name) ?? [];
  const onRole = thing.kind === 'tree' || thing.kind === 'database';
  const where = thing.with ? `role ${thing.with}` : (thing.node ?? null);
  const choose = (value: string | null) => {
    const { node: _, with: __, ...rest } = thing;
    onChange(value === null ? rest : value.startsWith('role ') ? { ...rest, with: value.slice(5) } : { ...rest, node: value });
  };
  const label = kinds.find(kind => kind.value === thing.kind)?.label ?? thing.kind;
  return (
    <Stack gap={4} role="group" aria-label={`Thing ${at + 1}`}>
      <SimpleGrid cols={{ base: 1, sm: 4 }} style={{ alignItems: 'end' }}>
        <Select label="Kind" data={kinds} value={thing.kind} onChange={value => onChange({ ...thing, kind: value ?? 'tree' })} />
        <TextInput label={thing.kind === 'tree' ? 'Path' : `${label}'s name`} value={thing.name} onChange={event => onChange({ ...thing, name: event.currentTarget.value })} placeholder={thing.kind === 'tree' ? '/srv/data' : undefined} error={problem} spellCheck={false} />
        <Select label="On" data={[...nodes, ...(onRole ? roles.map(role => `role ${role}`) : []), ...(where && !nodes.includes(where) && !roles.some(role => `role ${role}` === where) ? [where] : [])]} value={where} onChange={choose} clearable allowDeselect placeholder="any" clearButtonProps={{ 'aria-label': 'Any node' }} />
        <Button variant="default" onClick={onRemove} aria-label={`Remove thing ${at + 1}`}>Remove</Button>
      </SimpleGrid>
      {thing.kind !== 'database' && <TagsInput label="Leave out" placeholder={thing.exclude?.length ? undefined : '*.tmp'} value={thing.exclude ?? []} onChange={value => onChange({ ...thing, exclude: value })} />}
    </Stack>
  );
}
