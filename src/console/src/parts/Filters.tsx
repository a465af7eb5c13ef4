import { Group, Select, TextInput } from '@mantine/core';
import { setQuery, usePlace } from './router';

export interface Filter {
  name: string;
  label: string;
  choices?: string[];
}

/** Choices that narrow a list; they are in the address, so that a narrowed list can be sent to somebody. */
export function Filters({ of }: { of: Filter[] }) {
  const { query } = usePlace();
  return (
    <Group gap="xs" align="flex-end">
      {of.map(filter => filter.choices
        ? <Select key={filter.name} size="xs" label={filter.label} w={150} clearable data={filter.choices} value={query.get(filter.name)} onChange={value => setQuery({ [filter.name]: value })} placeholder="any" clearButtonProps={{ 'aria-label': `Any ${filter.label.toLowerCase()}` }} allowDeselect />
        : <TextInput key={filter.name} size="xs" label={filter.label} w={180} value={query.get(filter.name) ?? ''} onChange={event => setQuery({ [filter.name]: event.currentTarget.value })} placeholder="any" />)}
    </Group>
  );
}

/** What the address narrows a list to. */
export function useFilters(of: Filter[]): Record<string, string | null> {
  const { query } = usePlace();
  return Object.fromEntries(of.map(filter => [filter.name, query.get(filter.name)]));
}
