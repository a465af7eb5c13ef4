export interface ServerEvent {
  id: string | null;
  type: string;
  data: string;
}

/** Takes a text/event-stream apart, however it was cut on its way (WHATWG HTML, 9.2.6). */
export class EventReader {
  private rest = '';
  private type = '';
  private id: string | null = null;
  private data: string[] = [];

  /** How long to wait before asking again, when the service said so. */
  retryMs: number | null = null;

  push(chunk: string): ServerEvent[] {
    const events: ServerEvent[] = [];
    const lines = (this.rest + chunk).split(/\r\n|\n|\r(?!$)/); // A CR at the very end may be half of a CR LF.
    this.rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') this.finish(events);
      else this.field(line);
    }
    return events;
  }

  private finish(events: ServerEvent[]) {
    if (this.data.length > 0) events.push({ id: this.id, type: this.type || 'message', data: this.data.join('\n') });
    this.type = '';
    this.data = [];
  }

  private field(line: string) {
    const colon = line.indexOf(':');
    if (colon === 0) return; // A comment, which keeps the connection alive.
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') this.type = value;
    else if (name === 'data') this.data.push(value);
    else if (name === 'id' && !value.includes('\0')) this.id = value;
    else if (name === 'retry' && /^\d+$/.test(value)) this.retryMs = Number(value);
  }
}
