import type { NodeSettings, NodeSettingsAnswer } from '../api/cluster';

/** The form of a node's settings: texts as they are typed; empty is as by default. */
export type NodeSettingsForm = Record<keyof NodeSettings, string>;

const shifts: Record<string, number> = { '': 0, K: 10, M: 20, G: 30, T: 40 };

/** The settings as texts. A bandwidth is in the largest unit that says it exactly. */
export const formOf = (settings: NodeSettings): NodeSettingsForm => ({
  description: settings.description ?? '',
  jobs: text(settings.jobs),
  bandwidth: sizeText(settings.bandwidth),
  diskFreePercent: text(settings.diskFreePercent),
  memoryFreePercent: text(settings.memoryFreePercent),
  storeMilliseconds: text(settings.storeMilliseconds),
});

/** What holds for a setting that is left empty. */
export function placeholderOf(name: keyof NodeSettings, defaults: NodeSettings): string {
  const usual = defaults[name];
  if (usual !== null && usual !== undefined) return String(usual);
  return { jobs: 'any number', bandwidth: 'no limit' }[name as string] ?? '';
}

/** What is wrong with what was typed, by setting; the service judges again. */
export function mistakesOf(form: NodeSettingsForm, defaults: NodeSettings): Partial<NodeSettingsForm> {
  const mistakes: Partial<NodeSettingsForm> = {};
  const within = (name: keyof NodeSettings, least: number, most: number) => {
    const typed = form[name].trim();
    if (typed && !(/^\d+$/.test(typed) && Number(typed) >= least && Number(typed) <= most)) mistakes[name] = `A whole number from ${least} to ${most}.`;
  };
  if (form.description.trim().length > 200) mistakes.description = 'At most 200 characters.';
  within('jobs', 1, 100);
  within('diskFreePercent', 1, 50);
  within('memoryFreePercent', 1, 50);
  within('storeMilliseconds', 50, defaults.storeMilliseconds ?? Number.MAX_SAFE_INTEGER);
  const bandwidth = sizeOf(form.bandwidth);
  if (form.bandwidth.trim() && (bandwidth === null || bandwidth < 1024 || bandwidth > 2 ** 40)) mistakes.bandwidth = 'A size such as 10MiB, from 1KiB to 1TiB.';
  return mistakes;
}

/** What is sent: all that this node can be set to; null makes it as by default. Only of a form without mistakes. */
export function settingsOf(form: NodeSettingsForm, names: NodeSettingsAnswer['names']): NodeSettings {
  const all: Required<NodeSettings> = {
    description: form.description.trim() || null,
    jobs: number(form.jobs),
    bandwidth: sizeOf(form.bandwidth),
    diskFreePercent: number(form.diskFreePercent),
    memoryFreePercent: number(form.memoryFreePercent),
    storeMilliseconds: number(form.storeMilliseconds),
  };
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}

function sizeOf(typed: string): number | null {
  const [, digits, unit = ''] = /^(\d{1,13})\s*([KMGT]?)(?:i?B)?$/i.exec(typed.trim()) ?? [];
  return digits === undefined ? null : Number(digits) * 2 ** (shifts[unit.toUpperCase()] ?? 0);
}

function sizeText(size: number | null | undefined): string {
  if (size === null || size === undefined) return '';
  const [unit, shift] = Object.entries(shifts).reverse().find(([, bits]) => size % 2 ** bits === 0) ?? ['', 0];
  return `${size / 2 ** shift}${unit ? `${unit}iB` : ''}`;
}

const text = (value: number | null | undefined) => (value === null || value === undefined ? '' : String(value));

const number = (typed: string) => (typed.trim() ? Number(typed) : null);
