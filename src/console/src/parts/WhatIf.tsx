import { Checkbox, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { FailureOutlook, WhatIfAnswer } from '../api/cluster';
import { useCan } from '../api/features';
import { useGet } from '../api/hooks';
import { State } from './Badge';
import { DataTable } from './DataTable';
import { Outlooks } from './Outlooks';
import { Panel } from './Panel';
import { ProblemNote } from './ProblemNote';

/** What would happen if these nodes were lost, and the map of each one and each two. */
export function WhatIf({ nodes }: { nodes: string[] }) {
  const [down, setDown] = useState<string[]>([]);
  const can = useCan();
  const answer = useGet<WhatIfAnswer>(down.length > 0 ? '/what-if' : null, { down: down.join(',') });
  const failures = useGet<FailureOutlook[]>(can('GET /failures') && nodes.length > 1 ? '/failures' : null);
  return (
    <Panel title="What if">
      <Stack gap="sm">
        <Checkbox.Group value={down} onChange={setDown} label="If these nodes were lost:">
          <Group gap="md" mt={6}>{nodes.map(node => <Checkbox key={node} value={node} label={node} size="sm" />)}</Group>
        </Checkbox.Group>
        <div aria-live="polite">
          <ProblemNote error={down.length > 0 ? answer.error : null} />
          {down.length > 0 && answer.data && (
            <Stack gap={6}>
              <Text size="sm">Store: <State of={answer.data.store} /> {answer.data.votes}</Text>
              <Outlooks of={answer.data.roles} label="What each role would do" />
            </Stack>
          )}
        </div>
        {failures.data && (
          <div className="panel">
            <DataTable label="Each loss of one or two nodes" rows={failures.data} rowKey={row => row.down.join(',')} columns={[
              { title: 'Lost', cell: row => row.down.join(' and '), look: 'tight' },
              { title: 'Store', cell: row => <State of={row.store} />, look: 'tight' },
              { title: 'Moves', cell: row => row.moves.join(', ') || '–' },
              { title: 'Offline', cell: row => row.offline.join(', ') || '–' },
              { title: 'Waits for your word', cell: row => row.needsWord.join(', ') || '–' },
            ]} />
          </div>
        )}
      </Stack>
    </Panel>
  );
}
