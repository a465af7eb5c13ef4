/** What the service answered instead of what was asked: problem+json with a stable code. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    detail: string,
    readonly hint: string | null = null,
    readonly field: string | null = null,
  ) {
    super(detail || title);
    this.name = 'Problem';
  }
}

/** Nobody answered, or only to say that it cannot now. The request may be sent again. */
export class Unreachable extends Problem {
  constructor(detail: string, status = 0, code = 'console.unreachable') {
    super(status, code, 'No answer', detail, 'The console goes on trying.');
    this.name = 'Unreachable';
  }
}

interface ProblemBody {
  title?: unknown;
  detail?: unknown;
  code?: unknown;
  hint?: unknown;
  field?: unknown;
}

const text = (value: unknown): string | null => (typeof value === 'string' && value.length > 0 ? value : null);

/** Reads an answer that is no success. Whatever it holds, something readable comes out. */
export async function problemOf(response: Response): Promise<Problem> {
  let body: ProblemBody = {};
  try {
    const read: unknown = await response.json();
    if (typeof read === 'object' && read !== null) body = read;
  } catch {
    // A proxy's page, or an empty body: the status has to do.
  }
  const title = text(body.title) ?? (response.statusText || `Status ${response.status}`);
  const detail = text(body.detail) ?? title;
  return new Problem(response.status, text(body.code) ?? `http.${response.status}`, title, detail, text(body.hint), text(body.field));
}

/** A sentence for whatever was thrown. */
export const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
