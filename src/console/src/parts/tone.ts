export type Tone = 'ok' | 'warn' | 'bad' | 'busy' | 'calm';

const tones: Record<Tone, string[]> = {
  ok: ['online', 'up', 'ok', 'met', 'completed', 'complete', 'passed', 'good', 'proven', 'protected', 'attachedhere', 'working', 'healthy', 'closed', 'active', 'redundant', 'delivered', 'approved', 'done', 'ready', 'yes'],
  warn: ['degraded', 'waiting', 'paused', 'missed', 'joining', 'warning', 'draining', 'closing', 'maintenance', 'acknowledged', 'stale', 'old', 'quarantine', 'read-only', 'merged', 'pending', 'behind'],
  bad: ['failed', 'down', 'broken', 'no-quorum', 'critical', 'problem', 'open', 'error', 'unreachable', 'evicted', 'damaged', 'refused', 'away', 'disabled', 'corrupt', 'no', 'lost'],
  busy: ['running', 'starting', 'stopping', 'resuming', 'releasing', 'moving', 'onlineelsewhere', 'migrating', 'catching-up'],
  calm: ['offline', 'skipped', 'unknown', 'info', 'none', 'released', 'stopped', 'notProven'],
};

/** How a state looks. What is not known is calm: colour never says more than the word. */
export function toneOf(state: string | null | undefined): Tone {
  const word = (state ?? '').toLowerCase();
  return (Object.keys(tones) as Tone[]).find(tone => tones[tone].includes(word)) ?? 'calm';
}
