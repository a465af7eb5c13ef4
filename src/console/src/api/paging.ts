import type { Page } from './management';

/** Lists are pages or, where the node API answers itself, whole arrays. */
export function pageOf<T>(answer: Page<T> | T[] | null | undefined): Page<T> {
  if (answer === null || answer === undefined) return { items: [], next: null };
  if (Array.isArray(answer)) return { items: answer, next: null };
  return { items: answer.items ?? [], next: answer.next ?? null };
}

/** The items of all pages, each once: while somebody pages, new rows come in at the top and push others down. */
export function joined<T>(pages: Page<T>[], key: (item: T) => string): T[] {
  const seen = new Set<string>();
  return pages.flatMap(page => page.items).filter(item => {
    const id = key(item);
    if (seen.has(id)) return false;
    seen.add(id);
    return true;
  });
}
