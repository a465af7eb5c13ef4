import { Button, Modal, Text } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { Facts } from './Facts';

/** Everything about a row, where the table has no room for it. */
export function Details({ label, facts, children }: { label: string; facts: [string, ReactNode][]; children?: ReactNode }) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button size="compact-xs" variant="default" aria-label={`Details: ${label}`} onClick={() => setOpened(true)}>Details</Button>
      {opened && <Modal opened onClose={() => setOpened(false)} title={<Text fw={600}>{label}</Text>} size="lg"><Facts of={facts} />{children}</Modal>}
    </>
  );
}
