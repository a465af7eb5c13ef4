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

export interface Operation extends RunInfo {
  job: string;
  kind: string;
  policy?: string | null;
  thing?: string | null;
  progress?: Progress | null;
}

export interface CalendarRun {
  due: string;
  state: JobState | string;
  reason?: string | null;
  operation?: string | null;
}

export interface Scheduler {
  node: string;
  state: string;
  reason?: string | null;
  jobs: (string | { name: string; next?: string | null; state?: string | null })[];
}
