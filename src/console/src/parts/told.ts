import { waits } from '../api/acts';
import { invalidate, queries } from '../api/hooks';
import { tell } from './toasts';

/** Says what came of a change: that it was made, or that it waits for a second person. True when it was made. */
export function told(answer: unknown, otherwise: string): boolean {
  if (!waits(answer)) {
    tell(messageOf(answer) ?? otherwise);
    return true;
  }
  for (const path of ['/approvals', '/overview']) void invalidate(queries, path);
  tell('Nothing was done yet: it waits for a second person. See Approvals.', 'warn');
  return false;
}

function messageOf(answer: unknown): string | null {
  const message = typeof answer === 'object' && answer !== null ? (answer as { message?: unknown }).message : null;
  return typeof message === 'string' && message.length > 0 ? message : null;
}
