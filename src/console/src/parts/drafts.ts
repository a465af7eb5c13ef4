import { useCallback, useState } from 'react';

const prefix = 'holdfast.draft.';

/** State of a form that outlives a reload and a change of page. Never for secrets: the browser keeps it until the tab closes. */
export function useDraft<T>(key: string, initial: T): [T, (value: T | ((before: T) => T)) => void, () => void] {
  const [value, setValue] = useState<T>(() => read(key) ?? initial);
  const set = useCallback((next: T | ((before: T) => T)) => {
    setValue(before => {
      const after = typeof next === 'function' ? (next as (before: T) => T)(before) : next;
      try {
        sessionStorage.setItem(prefix + key, JSON.stringify(after));
      } catch {
        // Full or forbidden: the form works without.
      }
      return after;
    });
  }, [key]);
  const clear = useCallback(() => sessionStorage.removeItem(prefix + key), [key]);
  return [value, set, clear];
}

export const hasDraft = (key: string) => sessionStorage.getItem(prefix + key) !== null;

function read<T>(key: string): T | null {
  try {
    const text = sessionStorage.getItem(prefix + key);
    return text === null ? null : (JSON.parse(text) as T);
  } catch {
    return null;
  }
}
