import { CloseButton } from '@mantine/core';
import { Cell, useCell } from '../api/cell';
import type { Tone } from './tone';

interface Toast {
  id: number;
  tone: Tone;
  text: string;
}

const toasts = new Cell<Toast[]>([]);
let last = 0;

const drop = (id: number) => toasts.set(toasts.get().filter(toast => toast.id !== id));

/** Says what came of something. Failures stay until they are closed. */
export function tell(text: string, tone: Tone = 'ok') {
  const toast = { id: ++last, tone, text };
  toasts.set([...toasts.get().slice(-3), toast]);
  if (tone !== 'bad') setTimeout(() => drop(toast.id), 6_000);
}

export function Toasts() {
  const shown = useCell(toasts);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map(toast => (
        <div key={toast.id} className={`toast tone-${toast.tone}`}>
          <span>{toast.text}</span>
          <CloseButton size="xs" aria-label="Dismiss" onClick={() => drop(toast.id)} />
        </div>
      ))}
    </div>
  );
}
