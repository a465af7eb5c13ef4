import type { AnchorHTMLAttributes, MouseEvent, ReactNode } from 'react';
import { Cell, useCell } from '../api/cell';

export interface Place {
  path: string;
  query: URLSearchParams;
}

const here = (): Place => ({ path: window.location.pathname, query: new URLSearchParams(window.location.search) });

const place = new Cell<Place>(typeof window === 'undefined' ? { path: '/', query: new URLSearchParams() } : here());
if (typeof window !== 'undefined') window.addEventListener('popstate', () => place.set(here()));

export const usePlace = () => useCell(place);

/** Goes to a page of the console. */
export function go(to: string, replace = false) {
  if (replace) window.history.replaceState(null, '', to);
  else {
    window.history.pushState(null, '', to);
    window.scrollTo(0, 0);
  }
  place.set(here());
}

/** Keeps a choice of the page in its address, so that it can be sent to somebody. */
export function setQuery(changes: Record<string, string | null>) {
  const query = new URLSearchParams(window.location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  go(window.location.pathname + (text ? `?${text}` : ''), true);
}

/** The names in a path that has the pattern's shape: `/roles/:role`. Null when it has another. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/');
  const found = path.replace(/\/$/, '').split('/');
  if (wanted.length !== found.length) return null;
  const names: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const value = found[i] ?? '';
    if (!part.startsWith(':')) {
      if (part !== value) return null;
    } else {
      try {
        names[part.slice(1)] = decodeURIComponent(value);
      } catch {
        return null;
      }
    }
  }
  return names;
}

interface LinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  to: string;
  children: ReactNode;
}

/** A real link: opens in a new tab when asked to, and is followed without loading the console anew otherwise. */
export function Link({ to, onClick, ...rest }: LinkProps) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return <a className="mantine-focus-auto link" href={to} onClick={follow} {...rest} />;
}
