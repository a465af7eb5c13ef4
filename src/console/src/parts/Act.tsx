import { Button, type ButtonProps } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { Level } from '../api/cluster';
import { useSecondPerson } from '../api/acts';
import { useCan } from '../api/features';
import { useChange, type Change } from '../api/hooks';
import { sentenceOf } from '../api/problem';
import { ConfirmDialog, type Confirmation } from './ConfirmDialog';
import { tell } from './toasts';
import { told } from './told';

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
}

/** A button that does one thing through the API, asks first where it should, and says what came of it. */
export function Act({ needs, change, touches, confirm, done, then, children, label, ...rest }: Props) {
  const can = useCan();
  const secondPerson = useSecondPerson()(needs);
  const [asking, setAsking] = useState(false);
  const making = useChange<Answer | undefined>(touches);
  if (!can(needs)) return null;
  const make = async (reason?: string) => {
    const answer = await making.mutateAsync({ ...(typeof change === 'function' ? change() : change), reason });
    if (told(answer, done ?? 'Done.')) then?.();
  };
  // Whoever has to wait for somebody else is told so before.
  const question = confirm ?? (secondPerson ? { title: label ?? String(children), verb: String(children) } : null);
  const press = () => {
    if (question) setAsking(true);
    else make().catch((error: unknown) => tell(sentenceOf(error), 'bad'));
  };
  return (
    <>
      <Button variant="default" loading={making.isPending && !asking} onClick={press} aria-label={label} {...rest}>{children}</Button>
      {asking && question && <ConfirmDialog {...question} secondPerson={secondPerson} onConfirm={make} onClose={() => setAsking(false)} />}
    </>
  );
}
