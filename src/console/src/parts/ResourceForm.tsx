import { Button, Group, MultiSelect, Select, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { wordsOf, type PropertyValue } from '../pages/roleDraft';
import { resourceTypes, type PropertyField } from './resourceTypes';

interface Props {
  others: string[];
  busy?: boolean;
  onAdd: (name: string, properties: Record<string, PropertyValue>) => void;
  onCancel: () => void;
}

/** Asks what a new resource is. */
export function ResourceForm({ others, busy, onAdd, onCancel }: Props) {
  const [name, setName] = useState('');
  const [type, setType] = useState('process');
  const [values, setValues] = useState<Record<string, string>>({});
  const [dependsOn, setDependsOn] = useState<string[]>([]);
  const fields = resourceTypes.find(item => item.type === type)?.fields ?? [];
  const taken = others.includes(name);

  const submit = () => {
    if (taken) return;
    const properties: Record<string, PropertyValue> = { type };
    if (dependsOn.length > 0) properties['depends-on'] = dependsOn;
    for (const field of fields) properties[field.name] = valueOf(field, values[field.name] ?? '');
    onAdd(name, properties);
  };
  return (
    <form onSubmit={event => { event.preventDefault(); event.stopPropagation(); submit(); }}>
      <Stack gap="sm">
        <Group grow align="flex-start">
          <TextInput label="Name" required value={name} onChange={event => setName(event.currentTarget.value)} error={taken ? 'The role has a resource of this name.' : undefined} pattern="[a-z0-9]([a-z0-9_.\-]*[a-z0-9])?" title="Lower-case letters, digits and - inside" spellCheck={false} />
          <Select label="Type" data={resourceTypes.map(item => ({ value: item.type, label: item.text }))} value={type} onChange={value => setType(value ?? 'process')} />
        </Group>
        {fields.map(field => {
          const common = { key: field.name, label: field.label, description: field.help, required: field.required };
          return field.choices
            ? <Select {...common} key={field.name} data={field.choices} value={values[field.name] ?? null} placeholder={field.required ? undefined : field.choices[0]} onChange={value => setValues({ ...values, [field.name]: value ?? '' })} />
            : <TextInput {...common} key={field.name} placeholder={field.example} value={values[field.name] ?? ''} spellCheck={false} onChange={event => setValues({ ...values, [field.name]: event.currentTarget.value })} />;
        })}
        {others.length > 0 && <MultiSelect label="Depends on" description="They are online first." data={others} value={dependsOn} onChange={setDependsOn} />}
        <Group justify="flex-end" gap="xs"><Button variant="default" onClick={onCancel}>Cancel</Button><Button type="submit" loading={busy}>Add</Button></Group>
      </Stack>
    </form>
  );
}

const valueOf = (field: PropertyField, text: string): PropertyValue =>
  field.kind === 'command' ? wordsOf(text) : field.kind === 'list' ? text.split(',').map(item => item.trim()).filter(Boolean) : text.trim();
