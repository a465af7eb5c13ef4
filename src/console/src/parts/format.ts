const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  let amount = Math.abs(value);
  let unit = 0;
  while (amount >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit++;
  }
  const digits = unit === 0 || amount >= 100 ? 0 : amount >= 10 ? 1 : 2;
  return `${value < 0 ? '−' : ''}${amount.toFixed(digits)} ${units[unit]}`;
}

/** 850 ms, 1.1 s, 4 min, 3 h 10 min, 2 d 4 h. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return '–';
  if (seconds < 0) return `−${duration(-seconds)}`;
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 10) return `${trim(seconds.toFixed(1))} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  const days = Math.floor(hours / 24);
  return hours % 24 && days < 14 ? `${days} d ${hours % 24} h` : `${days} d`;
}

const trim = (text: string) => text.replace(/\.0$/, '');

export const milliseconds = (value: number | null | undefined) => duration(value === null || value === undefined ? value : value / 1000);

export const rate = (bytesPerSecond: number | null | undefined) => (bytesPerSecond ? `${bytes(bytesPerSecond)}/s` : '–');

const two = (value: number) => String(value).padStart(2, '0');

/** 2026-11-21 16:04, in the reader's time zone. */
export function moment(at: string | number | Date | null | undefined, seconds = false): string {
  if (at === null || at === undefined) return '–';
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) return '–';
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}${seconds ? `:${two(time.getSeconds())}` : ''}`;
}

/** 4 min ago, in 2 h. */
export function relative(at: string | null | undefined, now: number): string {
  if (!at) return '–';
  const seconds = (now - new Date(at).getTime()) / 1000;
  if (Number.isNaN(seconds)) return '–';
  if (Math.abs(seconds) < 5) return 'now';
  return seconds > 0 ? `${duration(Math.round(seconds))} ago` : `in ${duration(Math.round(-seconds))}`;
}

export const count = (value: number, one: string, many = `${one}s`) => `${value} ${value === 1 ? one : many}`;

/** camelCase or dotted words as people write them. */
export function words(name: string): string {
  const spaced = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/[-_.]/g, ' ').toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** A number named like the service names it: …Bytes, …Seconds, …Ms, or a count. */
export function figure(name: string, value: number): string {
  if (/bytes$/i.test(name)) return bytes(value);
  if (/seconds$/i.test(name)) return duration(value);
  if (/(milliseconds|Ms)$/.test(name)) return milliseconds(value);
  return value.toLocaleString('en');
}
