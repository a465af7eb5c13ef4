import type { ClusterStatus, Decision, NodeSettings, RoleSummary } from '../src/api/cluster';
import type { JobInfo, Operation, RunInfo } from '../src/api/jobs';
import type { AlertRow, AuditRow, EventRow, MachineDetail, Overview, SnapshotRow, Thing } from '../src/api/management';

// A small office: three members, a witness' worth of roles, some trouble. Used by dev/mock.ts and by tests.

const start = Date.now();
export const ago = (seconds: number) => new Date(start - seconds * 1000).toISOString();
const GiB = 1024 ** 3;

const role = (name: string, owner: string | null, types: Record<string, string>, more: Partial<RoleSummary> = {}): RoleSummary => ({
  name, owner, epoch: '4.2', phase: owner ? 'assigned' : 'failed', state: owner ? 'online' : 'failed', reason: owner ? 'all probes pass' : 'The budget of 3 failovers in 1 h is spent.', desired: 'online',
  because: `${owner ?? 'Nobody'} is the first of its preferred owners that is up.`, resources: Object.entries(types).map(([resource, type]) => ({ name: resource, type, state: owner ? 'online' : 'failed', reason: owner ? 'online' : 'exit code 1' })), ...more,
});

export const cluster: ClusterStatus = {
  name: 'office', id: 'c1f2', profile: 'lan', revision: 4711, answeredBy: 'a', store: 'ok',
  nodes: [
    { name: 'a', kind: 'member', voter: true, storeLeader: false, address: '10.0.0.11', state: 'up', intent: 'active', incarnation: 7, leaseAgeMs: 120, roles: ['management', 'orders'] },
    { name: 'b', kind: 'member', voter: true, storeLeader: true, address: '10.0.0.12', state: 'up', intent: 'active', incarnation: 3, leaseAgeMs: 40, roles: ['web', 'home-nightly'] },
    { name: 'c', kind: 'member', voter: true, storeLeader: false, address: '10.0.0.13', state: 'up', intent: 'paused', incarnation: 5, leaseAgeMs: 80, roles: [], problems: ['has 4 % of /var free'] },
  ],
  roles: [
    role('management', 'a', { service: 'management' }),
    role('orders', 'a', { data: 'disk', address: 'ip-address', database: 'process' }),
    role('web', 'b', { address: 'ip-address', nginx: 'service' }),
    role('reports', null, { worker: 'process' }),
    role('home-nightly', 'b', { job: 'job' }),
  ],
  warnings: ['Role reports failed: The budget of 3 failovers in 1 h is spent. Mend the cause, then \'holdfast role start reports\'.'],
};

export const nodeSettings: NodeSettings = { description: 'Rack 4', jobs: 2, bandwidth: 10 * 2 ** 20 };

export const history: Decision[] = [
  { epoch: '4.2', phase: 'assigned', owner: 'a', kind: 'plannedMove', at: ago(7200), because: { rule: 'move', sentence: 'user alice asked for it.', evidence: [] } },
  { epoch: '4.1', phase: 'assigned', owner: 'b', kind: 'nodeLost', at: ago(90000), because: { rule: 'node-down', sentence: 'The lease of a ended 1.2 s ago.', evidence: ['lease of a: revision 4200'] } },
  { epoch: '4.0', phase: 'assigned', owner: 'a', kind: 'firstStart', at: ago(900000), because: { rule: 'assign', sentence: 'It was declared.', evidence: [] } },
];

export const overview: Overview = {
  cluster: { name: 'office', state: 'ok', redundancy: { ok: false, sentence: 'reports runs nowhere; every other role has a second place.' } },
  service: { node: 'a', epoch: '4.2', since: ago(7200), movedFrom: 'b', outageSeconds: 1.1 },
  database: { state: 'ok', kind: 'postgresql' },
  things: { met: 5, broken: 1, unknown: 1 },
  alerts: { open: 2, critical: 1 },
  jobs: { running: 1, failed24h: 1 },
  needs: [
    { severity: 'critical', sentence: 'Role reports failed 3 times within an hour and is left alone.', hint: 'Mend the cause, then start it.', link: '/roles/reports' },
    { severity: 'warning', sentence: 'The last backup of /srv/data on c is 31 h old; its policy allows 24 h.', hint: 'Run home-nightly now, or see why it was missed.', link: '/things?state=broken' },
  ],
  approvals: { waiting: 1, forMe: 1 },
};

const run = (seconds: number, state: RunInfo['state'], more: Partial<RunInfo> = {}): RunInfo => ({
  id: ago(seconds), due: ago(seconds), state, reason: state === 'failed' ? 'The vault does not answer: connection refused.' : 'done', node: 'b', attempts: 1, resumed: 0, retried: 0,
  started: ago(seconds - 2), ended: state === 'running' ? null : ago(seconds - 240), snapshot: state === 'completed' ? '3fa95c21' : null, figures: { readBytes: 12 * GiB, addedBytes: 0.4 * GiB, files: 48213 }, ...more,
});

export const jobs: JobInfo[] = [
  { name: 'home-nightly', kind: 'backup', schedule: '0 2 * * *', state: 'running', reason: 'at work on b', owner: 'b', next: new Date(start + 36000e3).toISOString(), last: run(86400, 'completed'), present: run(130, 'running') },
  { name: 'office-check', kind: 'check', schedule: 'every 6h', state: 'waiting', reason: 'due at 18:00', owner: 'a', next: new Date(start + 7200e3).toISOString(), last: run(14400, 'failed') },
  { name: 'office-prune', kind: 'prune', schedule: '0 5 * * 0', state: 'paused', reason: 'user alice: vault moves', owner: 'a', last: run(500000, 'completed') },
];

export const progress = { done: 7.4 * GiB, total: 12 * GiB, bytesPerSecond: 88e6, secondsLeft: 55, path: '/home/alice/pictures/2026' };

export const operations: Operation[] = [
  { ...run(130, 'running'), id: 'home-nightly:9', run: '9', job: 'home-nightly', kind: 'backup', policy: 'homes', thing: '/home on b' },
  { ...run(14400, 'failed'), id: 'office-check:8', run: '8', job: 'office-check', kind: 'check', figures: {} },
  { ...run(86400, 'completed'), id: 'home-nightly:7', run: '7', job: 'home-nightly', kind: 'backup', policy: 'homes', thing: '/home on b' },
];

export const events: EventRow[] = [
  { id: 3, at: ago(60), node: 'b', kind: 'job.started', role: 'home-nightly', message: 'Run of 16:00 started on b.' },
  { id: 2, at: ago(7200), node: 'a', kind: 'role.online', role: 'orders', epoch: '4.2', message: 'Role orders is online on a after 0.9 s.', because: 'user alice asked for it.' },
  { id: 1, at: ago(90000), node: 'b', kind: 'node.lost', message: 'The lease of a ended.' },
];

export const audit: AuditRow[] = [
  { id: 2, at: ago(7200), who: 'alice', from: '10.0.0.50', what: 'POST /v1/roles/orders/move', outcome: 'ok' },
  { id: 1, at: ago(8000), who: 'bob', from: '10.0.0.51', what: 'POST /v1/nodes/a/evict', outcome: '403 access.forbidden' },
];

export const alerts: AlertRow[] = [
  { id: 'al-1', rule: 'role-failed', severity: 'critical', subject: 'reports', sentence: 'Role reports failed and is left alone.', because: '3 failovers within 1 h', hint: 'Mend the cause, then start it.', opened: ago(3600), last: ago(1800), count: 3, state: 'open', flapping: false },
  { id: 'al-2', rule: 'rpo-broken', severity: 'warning', subject: '/srv/data on c', sentence: 'Its last backup is 31 h old; its policy allows 24 h.', hint: 'Run the job now.', opened: ago(25200), last: ago(600), count: 1, state: 'open', flapping: true },
];

export const things: Thing[] = [
  { name: '/home on b', kind: 'tree', node: 'b', policy: 'homes', state: 'met', rpoSeconds: 86400, ageSeconds: 41000, worst30dSeconds: 88000, predictedSeconds: 90000, rtoSeconds: 340, lastSnapshot: '3fa95c21', lastProof: ago(200000), sentence: 'Backed up 11 h ago.' },
  { name: '/srv/data on c', kind: 'tree', node: 'c', policy: 'homes', state: 'broken', rpoSeconds: 86400, ageSeconds: 111600, worst30dSeconds: 111600, sentence: 'The last backup is 31 h old; 24 h are allowed.', hint: 'Run home-nightly now.' },
  { name: 'orders', kind: 'database', node: 'a', policy: 'databases', state: 'unknown', rpoSeconds: 900, sentence: 'It was never backed up.' },
];

export const snapshots: SnapshotRow[] = [
  { id: '3fa95c21', vault: 'main', status: 'ok', name: '/home on b', type: 'incremental', deltaBytes: 0.4 * GiB, usedBytes: 12 * GiB, sharedVolumes: [], proof: { state: 'passed', at: ago(40000) }, taken: ago(41000), host: 'b', paths: ['/home'], tags: ['home-nightly'] },
  { id: '11bc0a77', vault: 'main', status: 'ok', name: 'volume data', type: 'full', deltaBytes: 40 * GiB, usedBytes: 40 * GiB, sharedVolumes: ['data'], proof: null, taken: ago(127000), host: 'a', paths: ['/srv/data'], tags: [] },
];

export const machine: MachineDetail = {
  name: 'a', kind: 'member', state: 'up', address: '10.0.0.11', version: '0.9.0', inventoryAt: ago(120),
  volumes: [
    { device: '/dev/sda2', guid: '7d6a9c1e-0000-4000-8000-000000000001', label: 'root', fileSystem: 'ext4', mounts: [{ path: '/', root: '/', readOnly: false }], bootable: true, encrypted: false, protected: true, compressed: false, totalBytes: 64 * GiB, usedBytes: 21 * GiB, freeBytes: 43 * GiB, disks: [{ name: 'sda', id: 'wwn-0x5000c500', offsetBytes: 1048576, partition: 2 }] },
    { device: '/dev/sdb1', guid: '9a1c', label: 'scratch', fileSystem: 'btrfs', mounts: [{ path: '/srv/scratch', root: '/', readOnly: false }], bootable: false, encrypted: true, protected: false, compressed: true, totalBytes: 512 * GiB, usedBytes: 500 * GiB, freeBytes: 12 * GiB, disks: [] },
  ],
  sharedVolumes: [
    { facts: { id: 'sv-1', name: 'data', cluster: 'office', fileSystemGuid: '77aa', status: 'attachedHere', owner: 'a', lastOnline: ago(20), lastAttached: ago(7200), backupState: 'ok', lastBackupHere: ago(127000), lastBackup: ago(127000) }, device: '/dev/sdc1', disk: { name: 'sdc', id: 'wwn-0x6000', offsetBytes: 1048576, partition: 1 }, backedUpHere: true },
    { facts: { id: 'sv-2', name: 'media', cluster: 'office', fileSystemGuid: '78aa', status: 'onlineElsewhere', owner: 'b', lastOnline: ago(30), fault: null }, device: null, disk: null },
  ],
};
