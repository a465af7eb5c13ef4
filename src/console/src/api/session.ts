import { Cell } from './cell';
import type { Session } from './management';

export interface SessionState {
  /** unknown until the service was asked; lost when it ended while the console was in use. */
  state: 'unknown' | 'none' | 'open' | 'lost';
  person: Session | null;
}

class SessionCell extends Cell<SessionState> {
  open = (person: Session) => this.set({ state: 'open', person });
  none = () => this.set({ state: 'none', person: null });
  /** Ended by the service: the pages stay, with what was typed, beneath the question for the password. */
  lose = () => {
    const { state, person } = this.get();
    if (state === 'open') this.set({ state: 'lost', person });
  };
}

export const session = new SessionCell({ state: 'unknown', person: null });
