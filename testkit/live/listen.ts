import { until } from '../until.ts';

/** One event of a stream. */
export type Heard = {
  readonly id: string | undefined;
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
};

/** A client of a live stream, as in a browser. */
export type Listener = {
  readonly status: number;
  readonly headers: Headers;
  readonly heard: readonly Heard[];
  /** The last `retry` in milliseconds. */
  readonly retryMs: number | undefined;
  readonly lastId: string | undefined;
  /** Whether the service has ended the stream. */
  readonly hasEnded: boolean;
  /** Waits for the next event of this name, counted from the first. */
  next(name: string, count?: number): Promise<Heard>;
  /** Waits for the end. */
  ended(withinMs?: number): Promise<void>;
  close(): void;
};

/** A figure that took long to read, as on a busy machine, rests twenty times as long before it is sent again. */
const soonMs = 50_000;

/** Opens a stream and collects its events. */
export async function listen(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Listener> {
  const stop = new AbortController();
  const response = await fetch(url, { headers: { accept: 'text/event-stream', ...headers }, signal: stop.signal });
  const heard: Heard[] = [];
  const state = { retryMs: undefined as number | undefined, hasEnded: false };
  if (response.ok) void collect();
  else await response.body?.cancel();

  async function collect(): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    try {
      for await (const bytes of response.body ?? []) {
        text += decoder.decode(bytes as Uint8Array, { stream: true });
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) take(block);
      }
    } catch {
      // The connection was cut.
    }
    state.hasEnded = true;
  }
  function take(block: string): void {
    const fields = new Map(
      block.split('\n').map((line): [string, string] => {
        const at = line.indexOf(': ');
        return [line.slice(0, Math.max(at, 0)), line.slice(at + 2)];
      }),
    );
    const retry = fields.get('retry');
    if (retry !== undefined) state.retryMs = Number(retry);
    const name = fields.get('event');
    if (name === undefined) return;
    heard.push({ id: fields.get('id'), name, data: JSON.parse(fields.get('data') ?? '{}') as Heard['data'] });
  }
  return {
    status: response.status,
    headers: response.headers,
    heard,
    get retryMs() {
      return state.retryMs;
    },
    get lastId() {
      return heard.findLast(({ id }) => id !== undefined)?.id;
    },
    get hasEnded() {
      return state.hasEnded;
    },
    next: async (name, count = 1) => {
      const found = () => heard.filter((one) => one.name === name)[count - 1];
      await until(() => found() !== undefined, soonMs);
      return found() as Heard;
    },
    ended: (withinMs = soonMs) => until(() => state.hasEnded, withinMs),
    close: () => stop.abort(),
  };
}
