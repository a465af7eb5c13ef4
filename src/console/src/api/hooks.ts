import { keepPreviousData, QueryClient, useInfiniteQuery, useMutation, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { withQuery, type Method } from './client';
import type { Page } from './management';
import { joined, pageOf } from './paging';
import { newKey } from './world';
import { api } from './world';

export type Query = Record<string, string | number | boolean | null | undefined>;

/** What could not be read is tried again this often, for as long as it is looked at. */
const mendMs = 5_000;

/** What was read is shown at once and read again behind it. The client repeats what nobody answered, so this does not. */
export const queries = new QueryClient({
  defaultOptions: { queries: { retry: false, staleTime: 2_000, refetchOnWindowFocus: true, networkMode: 'always' }, mutations: { retry: false, networkMode: 'always' } },
});

/** Reads a resource. Its key is its path, so that an event can name what it made old. */
export function useGet<T>(path: string | null, query: Query = {}, everyMs?: number): UseQueryResult<T> {
  return useQuery<T>({
    queryKey: [path, query],
    queryFn: ({ signal }) => api.get<T>(withQuery(path ?? '', query), { signal }),
    enabled: path !== null,
    refetchInterval: query => (query.state.error ? mendMs : (everyMs ?? false)),
    placeholderData: keepPreviousData,
  });
}

/** Reads a list that may be a whole array or paged; of a paged one, its first page. */
export function useList<T>(path: string | null, query: Query = {}): { items: T[]; error: unknown; pending: boolean; refetch: () => void } {
  const answer = useGet<Page<T> | T[]>(path, query);
  return { items: pageOf(answer.data).items, error: answer.error, pending: answer.isPending && path !== null, refetch: () => void answer.refetch() };
}

export interface Paged<T> {
  items: T[];
  error: unknown;
  pending: boolean;
  more: (() => void) | null;
  loadingMore: boolean;
}

/** Reads a list page after page. */
export function usePaged<T>(path: string | null, key: (item: T) => string, query: Query = {}, limit = 100): Paged<T> {
  const answer = useInfiniteQuery({
    queryKey: [path, 'paged', query, limit],
    queryFn: async ({ pageParam, signal }) => pageOf(await api.get<Page<T> | T[]>(withQuery(path ?? '', { ...query, limit, after: pageParam }), { signal })),
    initialPageParam: null as string | null,
    getNextPageParam: (page: Page<T>) => page.next,
    enabled: path !== null,
    refetchInterval: query => (query.state.error ? mendMs : false),
    placeholderData: keepPreviousData,
  });
  return {
    items: joined(answer.data?.pages ?? [], key),
    error: answer.error,
    pending: answer.isPending && path !== null,
    more: answer.hasNextPage ? () => void answer.fetchNextPage() : null,
    loadingMore: answer.isFetchingNextPage,
  };
}

export interface Change {
  method: Exclude<Method, 'GET'>;
  path: string;
  body?: unknown;
  text?: { content: string; type: string };
  reason?: string;
}

/** Makes changes. What the change may have touched is read again, whatever came of it. */
export function useChange<T = { message?: string }>(touches: string[] = []) {
  const client = useQueryClient();
  return useMutation<T, Error, Change>({
    mutationFn: change => api.send<T>(change.method, change.path, { body: change.body, text: change.text, reason: change.reason, key: newKey() }),
    onSettled: () => {
      for (const path of touches) void invalidate(client, path);
    },
  });
}

/** Reads again whatever lies at or below the path. */
export const invalidate = (client: QueryClient, path: string) =>
  client.invalidateQueries({ predicate: query => typeof query.queryKey[0] === 'string' && (query.queryKey[0] === path || query.queryKey[0].startsWith(`${path}/`)) });
