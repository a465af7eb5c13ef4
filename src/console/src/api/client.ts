import { Problem, problemOf, Unreachable } from './problem';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** What the client needs of the world; a test brings its own. */
export interface ClientWorld {
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  wait: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  now: () => number;
  newKey: () => string;
  /** The token of the session, for the header that another site's page cannot send. */
  csrf: () => string | null;
  /** The session is over. What is on the screen stays. */
  signedOut: () => void;
}

export interface RequestOptions {
  body?: unknown;
  /** Sent as it is, with this media type. */
  text?: { content: string; type: string };
  signal?: AbortSignal;
  /** How long unanswered attempts are repeated. Default: 60 seconds for changes, 20 for questions. */
  patienceMs?: number;
  /** A change made again on purpose keeps its key. */
  key?: string;
  /** Why somebody asks for what a second person has to agree to. */
  reason?: string;
}

const base = '/api/v1';
// 502 and 504 come from a door or a proxy whose management just went away; 429 asks for patience.
const again = new Set([429, 502, 503, 504]);
// The attempt before this one arrived, and is not answered yet: its answer is what is waited for.
const inProgress = 'idempotency.in-progress';

/** Talks to /api/v1. A change carries one Idempotency-Key through all its attempts, so that it happens once whichever attempt arrived. */
export class Client {
  constructor(private readonly world: ClientWorld) {}

  get = <T>(path: string, options: RequestOptions = {}) => this.send<T>('GET', path, options);
  post = <T>(path: string, body?: unknown, options: RequestOptions = {}) => this.send<T>('POST', path, { ...options, body });
  put = <T>(path: string, body?: unknown, options: RequestOptions = {}) => this.send<T>('PUT', path, { ...options, body });
  delete = <T>(path: string, options: RequestOptions = {}) => this.send<T>('DELETE', path, options);

  async send<T>(method: Method, path: string, options: RequestOptions = {}): Promise<T> {
    const key = method === 'GET' ? null : (options.key ?? this.world.newKey());
    const until = this.world.now() + (options.patienceMs ?? (method === 'GET' ? 20_000 : 60_000));
    for (let attempt = 0; ; attempt++) {
      const failure = await this.attempt<T>(method, path, key, options);
      if ('value' in failure) return failure.value;
      const pause = failure.after ?? Math.min(250 * 2 ** attempt, 4_000);
      if (this.world.now() + pause > until) throw failure.error;
      await this.world.wait(pause, options.signal);
    }
  }

  private async attempt<T>(method: Method, path: string, key: string | null, options: RequestOptions): Promise<{ value: T } | { error: Problem; after: number | null }> {
    let response: Response;
    try {
      response = await this.world.fetch(base + path, { method, headers: this.headers(key, options), body: bodyOf(options), credentials: 'same-origin', signal: options.signal });
      if (response.ok) return { value: await valueOf<T>(response) };
    } catch (error) {
      if (options.signal?.aborted) throw error;
      return { error: new Unreachable('The management service did not answer.'), after: null };
    }
    const problem = await problemOf(response);
    if (response.status === 401 && !path.startsWith('/session')) this.world.signedOut();
    // Who tries passwords is told at once that it was too often.
    // The service answers, and says that its database is away: that is news, and no reason to wait in silence.
    if ((!again.has(response.status) && problem.code !== inProgress) || problem.code === 'repository.down' || (response.status === 429 && path === '/session')) throw problem;
    return { error: new Unreachable(problem.message, problem.status, problem.code), after: retryAfter(response) };
  }

  private headers(key: string | null, options: RequestOptions): Record<string, string> {
    const headers: Record<string, string> = { Accept: 'application/json' };
    if (options.text) headers['Content-Type'] = options.text.type;
    else if (options.body !== undefined) headers['Content-Type'] = 'application/json';
    if (options.reason) headers['Holdfast-Reason'] = encodeURIComponent(options.reason);
    if (key !== null) {
      headers['Idempotency-Key'] = key;
      // W3C Trace Context: all attempts at a change are one trace, which has the key's name.
      if (/^[0-9a-f]{32}$/.test(key)) headers.traceparent = `00-${key}-${key.slice(0, 16)}-01`;
      const csrf = this.world.csrf();
      if (csrf !== null) headers['Holdfast-Csrf'] = csrf;
    }
    return headers;
  }
}

function bodyOf(options: RequestOptions): string | undefined {
  if (options.text) return options.text.content;
  return options.body === undefined ? undefined : JSON.stringify(options.body);
}

async function valueOf<T>(response: Response): Promise<T> {
  const content = await response.text();
  if (content.length === 0) return undefined as T;
  // `apply` and its like may answer lines of progress; the callers here ask for none.
  return JSON.parse(content) as T;
}

function retryAfter(response: Response): number | null {
  const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN);
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0) * 1_000, 5_000) : null;
}

/** Builds a path from literal parts and names: names are escaped, so that no name can reach another resource. */
export function path(strings: TemplateStringsArray, ...names: (string | number)[]): string {
  return strings.reduce((whole, part, i) => whole + part + (i < names.length ? encodeURIComponent(String(names[i])) : ''), '');
}

/** Adds a query; what is empty is left out. */
export function withQuery(url: string, query: Record<string, string | number | boolean | null | undefined>): string {
  const parts = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== '');
  if (parts.length === 0) return url;
  return `${url}?${parts.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`).join('&')}`;
}
