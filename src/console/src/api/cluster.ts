// What the cluster knows, as the node API says it. Times are RFC 3339; durations in milliseconds where the name says Ms.

export type Level = 'none' | 'viewer' | 'operator' | 'admin';

export interface Maintenance {
  since: string;
  until: string;
  reason?: string | null;
}

export interface NodeStatus {
  name: string;
  kind: 'member' | 'witness' | 'client' | 'appliance';
  voter: boolean;
  storeLeader: boolean;
  address: string;
  /** up, down, closing or joining. */
  state: string;
  intent: 'active' | 'paused' | 'draining' | 'evicted';
  incarnation: number;
  leaseAgeMs?: number | null;
  roles: string[];
  quarantine?: { since: string; until: string; reason: string } | null;
  problems?: string[] | null;
  description?: string | null;
}

/** What a node is set to; what is null, or not there, is as by default. A bandwidth is in bytes a second. */
export interface NodeSettings {
  description?: string | null;
  jobs?: number | null;
  bandwidth?: number | null;
  diskFreePercent?: number | null;
  memoryFreePercent?: number | null;
  storeMilliseconds?: number | null;
}

export interface NodeSettingsAnswer {
  node: string;
  settings: NodeSettings;
  defaults: NodeSettings;
  /** What can be set of this node. */
  names: string[];
}

export interface ResourceSummary {
  name: string;
  type: string;
  state: string;
  reason: string;
}

export interface InstanceSummary {
  node: string;
  epoch: string;
  phase: string;
  state: string;
  reason: string;
  resources: ResourceSummary[];
}

export interface RoleSummary {
  name: string;
  owner?: string | null;
  epoch: string;
  phase: 'released' | 'assigned' | 'releasing' | 'failed';
  /** online, starting, stopping, offline, waiting or failed. */
  state: string;
  reason: string;
  desired: 'online' | 'offline';
  because: string;
  resources: ResourceSummary[];
  blocked?: boolean;
  maintenance?: Maintenance | null;
  instances?: InstanceSummary[] | null;
}

export interface ClusterStatus {
  name: string;
  id: string;
  profile: string;
  revision: number;
  answeredBy: string;
  /** ok, degraded or no-quorum. */
  store: string;
  nodes: NodeStatus[];
  roles: RoleSummary[];
  maintenance?: Maintenance | null;
  warnings: string[];
}

export interface Because {
  rule: string;
  sentence: string;
  evidence: string[];
}

export interface Decision {
  epoch: string;
  phase: string;
  owner?: string | null;
  kind: string;
  at: string;
  because: Because;
}

export interface RoleDetail {
  summary: RoleSummary;
  declaration: string;
  history: Decision[];
}

export interface Candidate {
  node: string;
  eligible: boolean;
  rank: number;
  reason: string;
}

export interface RoleExplain {
  summary: RoleSummary;
  why: string;
  evidence: string[];
  candidates: Candidate[];
  whatWouldChangeIt: string[];
  history: Decision[];
}

export interface Standby {
  node: string;
  monitoring?: string | null;
  wouldWin: boolean;
  expectedTakeoverMs?: number | null;
  reason: string;
}

export interface RoleOutlook {
  role: string;
  from?: string | null;
  to?: string | null;
  outcome: string;
  expectedMs?: number | null;
  reason: string;
}

export interface WhatIfAnswer {
  down: string[];
  store: string;
  votes: string;
  roles: RoleOutlook[];
}

export interface RebootAnswer {
  node: string;
  yes: boolean;
  reasons: string[];
  moves: RoleOutlook[];
  losesRedundancy: string[];
}

export interface FailureOutlook {
  down: string[];
  store: string;
  moves: string[];
  offline: string[];
  needsWord: string[];
}

export interface FieldChange {
  path: string;
  before?: string | null;
  after?: string | null;
}

export interface RoleChange {
  role: string;
  /** add, change, remove or same, as the service words it. */
  action: string;
  fields: FieldChange[];
  restarts: string[];
}

export interface ApplyResponse {
  changes: RoleChange[];
}

export interface Finding {
  node: string;
  check: string;
  level: 'ok' | 'warning' | 'problem';
  what: string;
  do?: string | null;
  repair?: string | null;
}

export interface DoctorReport {
  works: boolean;
  findings: Finding[];
}

export interface Done {
  message: string;
}

export interface RehearsalAnswer {
  role: string;
  node: string;
  passed: boolean;
  whole: boolean;
  startMs: number;
  takeoverMs?: number | null;
  resources: { name: string; type: string; outcome: string; tookMs?: number | null; reason: string }[];
}

export interface UpgradeStatus {
  format: number;
  newest: number;
  nodes: { node: string; agent?: string | null; leash?: string | null; installed?: string | null; format?: number | null }[];
}

export interface GrantInfo {
  subject: string;
  level: Level;
  label?: string | null;
}

export interface NodeTestAnswer {
  node: string;
  works: boolean;
  sentence: string;
  hint?: string | null;
  roundTripMs?: number | null;
  clockAheadMs?: number | null;
  build?: string | null;
  etcd?: string | null;
  certificates: { kind: string; expires: string; trouble?: string | null }[];
}
