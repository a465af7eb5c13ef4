import type { Level } from './cluster';

// What the management service keeps beyond the cluster's own record. Durations are in seconds, sizes in bytes.

export interface Session {
  name: string;
  level: Level;
  csrf: string;
  expires: string;
}

export interface Need {
  severity: Severity;
  sentence: string;
  hint?: string | null;
  /** A path of the console, or of the API's resource. */
  link?: string | null;
}

export type Severity = 'critical' | 'warning' | 'info' | string;

export interface ServiceState {
  node: string;
  epoch: string;
  since: string;
  movedFrom?: string | null;
  outageSeconds?: number | null;
}

export interface Overview {
  cluster: { name: string; state: string; redundancy: { ok: boolean; sentence: string } };
  service: ServiceState;
  database: { state: string; reason?: string | null; kind?: string | null };
  /** Counts; empty while the service does not know them. */
  things: { met?: number; broken?: number; unknown?: number };
  alerts: { open?: number; critical?: number };
  jobs: { running?: number; failed24h?: number };
  needs: Need[];
  /** Absent in what an older service says. */
  approvals?: { waiting?: number; forMe?: number };
}

export interface EventRow {
  id: number;
  at: string;
  node: string;
  kind: string;
  role?: string | null;
  resource?: string | null;
  epoch?: string | null;
  message: string;
  because?: string | null;
}

export interface AuditRow {
  /** Absent in what the cluster's own record says. */
  id?: number;
  at: string;
  who: string;
  from: string;
  what: string;
  outcome?: string | null;
}

export interface PlacementRow {
  role: string;
  node: string;
  from: string;
  to?: string | null;
  because?: string | null;
  outageSeconds?: number | null;
}

export interface Thing {
  name: string;
  kind: 'tree' | 'volume' | 'shared-volume' | 'database' | 'node' | string;
  node?: string | null;
  policy?: string | null;
  state: 'met' | 'broken' | 'unknown';
  rpoSeconds?: number | null;
  ageSeconds?: number | null;
  worst30dSeconds?: number | null;
  predictedSeconds?: number | null;
  rtoSeconds?: number | null;
  lastSnapshot?: string | null;
  lastProof?: string | null;
  sentence: string;
  hint?: string | null;
}

export interface PolicyProblem {
  field: string;
  message: string;
}

export interface PolicyPreview {
  problems: PolicyProblem[];
  warnings?: PolicyProblem[] | null;
  diff?: string | null;
  jobs: PolicyJobChange[];
}

export interface PolicyJobChange {
  name: string;
  action?: string | null;
  purpose?: string | null;
  thing?: string | null;
  vault?: string | null;
  declaration?: string | null;
}

export interface PolicyThing {
  kind: 'tree' | 'volume' | 'shared-volume' | 'database' | 'node' | string;
  name: string;
  node?: string | null;
  with?: string | null;
  exclude?: string[];
}

export interface Policy {
  name: string;
  description?: string | null;
  suspended?: boolean;
  user?: string | null;
  things?: PolicyThing[];
  vaults?: string[];
  schedule: { when: string; zone?: string | null; window?: string | string[] | null; missed?: string | null; late?: string | null; bandwidth?: string | null; preferred?: string[] };
  retention?: { keep?: Record<string, string>; when?: string | null; delay?: string | null };
  verification?: { checkWhen?: string | null; checkRead?: string | null; proofWhen?: string | null; scratch?: string | null; sample?: string | null; maxAgeSeconds?: number | null };
  rpoSeconds?: number | null;
  rtoSeconds?: number | null;
  alertChannels?: string[];
}

export interface AlertRow {
  id: string;
  rule: string;
  severity: Severity;
  subject: string;
  sentence: string;
  because?: string | null;
  hint?: string | null;
  opened: string;
  last: string;
  count: number;
  state: 'open' | 'acknowledged' | 'closed';
  flapping: boolean;
  acknowledgedBy?: string | null;
  closed?: string | null;
}

export interface Mute {
  id: string;
  subject: string;
  until: string;
  reason?: string | null;
  by?: string | null;
}

export interface SnapshotRow {
  id: string;
  vault: string;
  status: string;
  name: string;
  type: 'full' | 'incremental' | string;
  deltaBytes?: number | null;
  usedBytes?: number | null;
  sharedVolumes: string[];
  proof?: { state: string; at?: string | null } | null;
  taken: string;
  host: string;
  /** The machine that made it. */
  node?: string | null;
  paths: string[];
  tags: string[];
  operation?: string | null;
}

export interface FileEntry {
  name: string;
  kind: 'dir' | 'directory' | 'file' | 'symlink' | string;
  size?: number | null;
  modified?: string | null;
  mode?: string | null;
  owner?: string | null;
}

/** A file in some snapshot. */
export interface FoundFile {
  snapshot: string;
  path: string;
  kind: string;
  size?: number | null;
  modified?: string | null;
}

/** Files of a snapshot, or a database. */
export interface RestoreRequest {
  vault: string;
  snapshot?: string;
  paths?: string[];
  target: string;
  node: string;
  dryRun: boolean;
  database?: DatabaseWanted;
}

/** A database, and to which point: the latest without any. */
export interface DatabaseWanted {
  name: string;
  id?: string;
  time?: string;
  immediate?: boolean;
  base?: string;
  /** The one database of the server to write as a dump. */
  only?: string;
  tables?: string[];
}

export interface DatabaseInVault {
  name: string;
  engine: string;
  id: string;
  latest: string;
  /** Whether it can be restored to any time, and not only to the end of a base backup. */
  anyPoint: boolean;
  bases: { snapshot: string; taken: string; bytes: number }[];
}

export interface RestoreChangeRow {
  path: string;
  action: string;
  size?: number | null;
}

export interface RestoreAnswer {
  operation?: string | null;
  job?: string | null;
  reason?: string | null;
  changes?: RestoreChangeRow[] | null;
  figures?: Record<string, number> | null;
}

export interface VolumeDisk {
  name: string;
  id?: string | null;
  offsetBytes: number;
  partition?: number | null;
}

export interface VolumeRow {
  device: string;
  guid?: string | null;
  partitionGuid?: string | null;
  label?: string | null;
  fileSystem: string;
  mounts: { path: string; root: string; readOnly: boolean }[];
  bootable: boolean;
  encrypted: boolean;
  protected: boolean;
  compressed: boolean;
  totalBytes: number;
  usedBytes?: number | null;
  freeBytes?: number | null;
  disks: VolumeDisk[];
  sharedVolumeId?: string | null;
}

export interface SharedVolumeRow {
  facts: {
    id: string;
    name: string;
    cluster: string;
    fileSystemGuid: string;
    status: 'attachedHere' | 'onlineElsewhere' | 'maintenance' | 'offline' | string;
    owner?: string | null;
    lastOnline?: string | null;
    lastAttached?: string | null;
    fault?: string | null;
    backupState?: string | null;
    lastBackupHere?: string | null;
    lastBackup?: string | null;
  };
  device?: string | null;
  disk?: VolumeDisk | null;
  backedUpHere?: boolean;
}

export interface MachineRow {
  name: string;
  kind: string;
  state: string;
  address?: string | null;
  version?: string | null;
  lastSeen?: string | null;
  sharedVolumes?: string[] | null;
  snapshots?: number | null;
}

export interface MachineDetail extends Omit<MachineRow, 'sharedVolumes' | 'snapshots'> {
  volumes?: VolumeRow[] | null;
  sharedVolumes?: SharedVolumeRow[] | null;
  inventoryAt?: string | null;
  problem?: string | null;
}

export interface Vault {
  name: string;
  location: string;
  passwordFile: string;
  /** The node that is asked about it; null for any. */
  node?: string | null;
  snapshots?: number | null;
  listed?: string | null;
  /** Why its snapshots could not be listed the last time. */
  trouble?: string | null;
}

export interface Person {
  name: string;
  level: Level;
  disabled: boolean;
  /** They choose a password at their next sign-in. */
  oneTimePassword?: boolean;
}

export interface ApiToken {
  id: string;
  name: string;
  level: Level;
  expires?: string | null;
  by?: string | null;
  /** The areas of the API that it is limited to; none means all. */
  areas?: string[];
}

export interface Approval {
  id: string;
  act: string;
  what: string;
  method: string;
  path: string;
  /** Of the whole request: sent back with the approval. */
  digest: string;
  askedBy: string;
  at: string;
  expires: string;
  state: 'waiting' | 'running' | 'done' | 'failed' | 'unknown' | 'refused' | 'expired';
  reason?: string | null;
  own: boolean;
  decidedBy?: string | null;
  decidedAt?: string | null;
  outcome?: string | null;
}

export interface ApprovalDetail {
  approval: Approval;
  body?: string | null;
  bodyBytes: number;
}

export interface ActInfo {
  name: string;
  sentence: string;
  on: boolean;
  always: boolean;
}

export interface DatabaseReport {
  works: boolean;
  sentence: string;
  hint?: string | null;
  database: string;
  version?: string | null;
  milliseconds?: number | null;
  schema?: number | null;
}

/** Time, mean, largest. */
export type ChartPoint = [string, number, number];

export interface ChartSeries {
  name: string;
  unit: string;
  points: ChartPoint[];
}

export interface Settings {
  history: { operationsDays: number; eventsDays: number; auditDays: number; ownersDays: number; alertsDays: number; chartsDays: number };
  sessions: { hours: number; longestTokenDays: number };
  secondPerson: { all: boolean; acts: string[]; expiresHours: number };
  consoleAddress: string | null;
  requestsPerSecond: number;
  /** Which state of the settings this is: a change of another one is refused. */
  revision: string;
}

export interface Page<T> {
  items: T[];
  next: string | null;
}
