import { Button, type ButtonProps } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { Level } from '../api/cluster';
import { useCan } from '../api/features';
import { useChange, type Change } from '../api/hooks';
import { sentenceOf } from '../api/problem';
import { ConfirmDialog, type Confirmation } from './ConfirmDialog';
import { tell } from './toasts';

interface Props extends Omit<ButtonProps, 'onClick'> {
  /** The operation it needs: not shown where the service has none, or the person may not ask for it. */
  needs: string;
  change: Change | (() => Change);
  touches: string[];
  confirm?: Confirmation;
  done?: string;
  then?: () => void;
  children: ReactNode;
  label?: string;
  atLeast?: Level;
}

interface Answer {
  message?: string;
  approval?: { id: string } | string | null;
}

/** A button that does one thing through the API, asks first where it should, and says what came of it. */
export function Act({ needs, change, touches, confirm, done, then, children, label, ...rest }: Props) {
  const can = useCan();
  const [asking, setAsking] = useState(false);
  const making = useChange<Answer | undefined>(touches);
  if (!can(needs)) return null;
  const make = async () => {
    const answer = await making.mutateAsync(typeof change === 'function' ? change() : change);
    if (answer?.approval) tell('It waits for a second person: see Approvals.', 'warn');
    else tell(answer?.message ?? done ?? 'Done.');
    then?.();
  };
  const press = () => {
    if (confirm) setAsking(true);
    else make().catch((error: unknown) => tell(sentenceOf(error), 'bad'));
  };
  return (
    <>
      <Button variant="default" loading={making.isPending && !asking} onClick={press} aria-label={label} {...rest}>{children}</Button>
      {asking && confirm && <ConfirmDialog {...confirm} onConfirm={make} onClose={() => setAsking(false)} />}
    </>
  );
}
