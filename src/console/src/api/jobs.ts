export type JobState = 'waiting' | 'running' | 'paused' | 'resuming' | 'completed' | 'failed' | 'missed' | 'skipped';

export interface RunInfo {
  id: string;
  due: string;
  state: JobState;
  reason: string;
  node?: string | null;
  attempts: number;
  resumed: number;
  retried: number;
  started?: string | null;
  ended?: string | null;
  snapshot?: string | null;
  figures: Record<string, number>;
}

export interface JobInfo {
  name: string;
  kind: string;
  schedule: string;
  state: JobState;
  reason: string;
  owner?: string | null;
  next?: string | null;
  last?: RunInfo | null;
  present?: RunInfo | null;
}

export interface Progress {
  done: number;
  total?: number | null;
  bytesPerSecond?: number | null;
  secondsLeft?: number | null;
  path?: string | null;
}

export interface JobDetail {
  job: JobInfo;
  declaration: string;
  checkpoint?: string | null;
  progress?: Progress | null;
  runs: RunInfo[];
}

/** A run in the history. Its id is the job's name, a colon and the run's id. */
export interface Operation extends RunInfo {
  job: string;
  run: string;
  kind: string;
  vault?: string | null;
  policy?: string | null;
  thing?: string | null;
}

export interface CalendarRun {
  run?: string | null;
  due: string;
  begins?: string | null;
  state: JobState | string;
  reason?: string | null;
  /** Whether it is from the ledger; what is not is to come. */
  past?: boolean;
  node?: string | null;
}

export interface JobCalendar {
  runs: CalendarRun[];
}

export interface Scheduler {
  /** Null for the jobs that no node has now. */
  node?: string | null;
  /** running, stopped, or why the node takes no jobs. */
  state: string;
  since?: string | null;
  reason?: string | null;
  jobs: JobInfo[];
}
