import { Client, type ClientWorld } from './client';
import { session } from './session';

/** Waits; ends early, with an error, when the signal says so. */
export function wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}

/** 128 random bits. Not crypto.randomUUID: that is missing where a page came over plain HTTP from another machine. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');
}

const world: ClientWorld = {
  fetch: (url, init) => fetch(url, init),
  wait,
  now: () => performance.now(),
  newKey,
  csrf: () => session.get().person?.csrf ?? null,
  signedOut: () => session.lose(),
};

export const api = new Client(world);
