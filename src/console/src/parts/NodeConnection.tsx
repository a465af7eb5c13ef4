import { Button, List, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { DoctorReport } from '../api/cluster';
import { api } from '../api/world';
import { State } from './Badge';
import { ProblemNote } from './ProblemNote';

/** Tests the ways to and from one node, as the nodes themselves see them. */
export function NodeConnection({ node }: { node: string }) {
  const [busy, setBusy] = useState(false);
  const [report, setReport] = useState<DoctorReport | null>(null);
  const [error, setError] = useState<unknown>(null);
  const test = async () => {
    setBusy(true);
    setError(null);
    try {
      setReport(await api.get<DoctorReport>('/doctor'));
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  const findings = report?.findings.filter(finding => finding.node === node || finding.what.split(/\W+/).includes(node)) ?? [];
  const bad = findings.filter(finding => finding.level !== 'ok');
  return (
    <Stack gap={6} mt="sm" align="flex-start">
      <Button variant="default" loading={busy} onClick={() => void test()}>Test connection</Button>
      <div role="status">
        <ProblemNote error={error} />
        {report && bad.length === 0 && <Text size="sm"><State of="ok" text="Works" /> {findings.length} checks of {node} passed.</Text>}
        {bad.length > 0 && <List size="sm">{bad.map(finding => <List.Item key={finding.check + finding.what}><State of={finding.level} /> {finding.check}: {finding.what} {finding.do}</List.Item>)}</List>}
      </div>
    </Stack>
  );
}
