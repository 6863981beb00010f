import { amongMany, backOff } from './waiting.ts';

/**
 * Follows a live stream of the API. It uses `fetch` instead of `EventSource`, because only `fetch` can send a
 * credential in a header and see why a stream was refused. The page must work without it, so every fault only means
 * that the page polls as often as before.
 */
export type Live = {
  /** Whether changes arrive by themselves now. */
  isOpen(): boolean;
  close(): void;
};

export type LiveOptions = {
  /** Sent as `Authorization: Bearer`. An order's cookie is sent by itself. */
  readonly token?: string | undefined;
  /** An event of the stream, such as `order`. `data` has the shape that the API's contract names. */
  readonly onEvent: (name: string, data: unknown) => void;
  /**
   * The stream begins, or messages may have been missed: read the shown state again. Called after a short random time.
   */
  readonly onSnapshot?: () => void;
  /** The stream opened or closed: poll more or less often from now on. Called after a short random time, too. */
  readonly onState?: (isOpen: boolean) => void;
  /** Continue while the page is hidden. */
  readonly alsoHidden?: boolean;
};

/** Longer than two heartbeats: a connection that is silent for this long is dead. */
const silenceMsMax = 50_000;
const firstRetryMs = 2000;
const retryMsMax = 120_000;
const bufferMax = 1_000_000;

/** There is nothing to follow: not found, not allowed, or a server without streams. */
const isFinal = (status: number) => status >= 400 && status <= 406;

export function follow(path: string, options: LiveOptions): Live {
  let isOpen = false;
  let isClosed = false;
  let isRunning = false;
  let lastId: string | undefined;
  let retryMs = firstRetryMs;
  let failures = 0;
  let timer: number | undefined;
  let telling: number | undefined;
  let stop = new AbortController();

  const setOpen = (next: boolean, afterMs = amongMany()): void => {
    if (isOpen === next) return;
    isOpen = next;
    clearTimeout(telling);
    telling = window.setTimeout(() => !isClosed && options.onState?.(isOpen), afterMs);
  };
  const mayRun = () => !isClosed && (options.alsoHidden === true || !document.hidden);
  const take = ({ id, name, data, retry }: ServerEvent): void => {
    if (retry !== undefined) retryMs = Math.min(retry, retryMsMax);
    if (id !== undefined) lastId = id;
    if (name === 'paused') setOpen(false);
    else if (name === 'snapshot') {
      // Only this page has opened its stream now; after a gap all are told.
      const afterMs = (data as { reason?: string } | undefined)?.reason === 'start' ? 0 : amongMany();
      setOpen(true, afterMs);
      window.setTimeout(() => !isClosed && options.onSnapshot?.(), afterMs);
    } else if (name !== undefined) {
      setOpen(true);
      options.onEvent(name, data);
    }
  };
  const run = async (): Promise<void> => {
    if (isRunning || !mayRun()) return;
    isRunning = true;
    clearTimeout(timer);
    stop = new AbortController();
    if (await readStream(path, { ...options, lastId, stop, onEvent: take, onOpen: () => (failures = 0) }))
      isClosed = true;
    isRunning = false;
    setOpen(false);
    if (!mayRun()) return;
    const waitMs = backOff(failures, { firstMs: retryMs, ceilingMs: retryMsMax, random: Math.random() });
    timer = window.setTimeout(() => void run(), waitMs);
    failures += 1;
  };
  const onVisible = (): void => {
    if (options.alsoHidden === true) return;
    if (document.hidden) stop.abort();
    else void run();
  };
  const close = (): void => {
    isClosed = true;
    clearTimeout(timer);
    stop.abort();
    document.removeEventListener('visibilitychange', onVisible);
  };
  document.addEventListener('visibilitychange', onVisible);
  // A page in the browser's back-forward cache must not hold a connection.
  window.addEventListener('pagehide', () => stop.abort());
  window.addEventListener('pageshow', ({ persisted }) => persisted && void run());
  void run();
  return { isOpen: () => isOpen, close };
}

type ServerEvent = {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly data?: unknown;
  readonly retry?: number | undefined;
};

type Reading = {
  readonly token?: string | undefined;
  readonly lastId: string | undefined;
  readonly stop: AbortController;
  readonly onOpen: () => void;
  readonly onEvent: (event: ServerEvent) => void;
};

/**
 * Reads until the stream ends.
 * @returns whether to stop for good
 */
async function readStream(path: string, { token, lastId, stop, onOpen, onEvent }: Reading): Promise<boolean> {
  let silence = window.setTimeout(() => stop.abort(), silenceMsMax);
  try {
    const response = await fetch(path, {
      signal: stop.signal,
      credentials: 'same-origin',
      redirect: 'error',
      cache: 'no-store',
      headers: {
        accept: 'text/event-stream',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
      },
    });
    if (!response.ok || response.body === null) return isFinal(response.status);
    onOpen();
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return false;
      clearTimeout(silence);
      silence = window.setTimeout(() => stop.abort(), silenceMsMax);
      text += decoder.decode(value, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      if (text.length > bufferMax) return true;
      for (const block of blocks) onEvent(eventOf(block));
    }
  } catch {
    return false;
  } finally {
    clearTimeout(silence);
    stop.abort();
  }
}

/** Reads one block as our API writes it: each field once, and data as JSON on one line. */
function eventOf(block: string): ServerEvent {
  const fields: Partial<Record<string, string>> = {};
  for (const line of block.split('\n')) {
    const at = line.indexOf(':');
    if (at > 0) fields[line.slice(0, at)] = line.slice(at + 1).trimStart();
  }
  const { id, event: name, data, retry } = fields;
  return {
    id,
    name,
    data: data === undefined ? undefined : JSON.parse(data),
    retry: Number(retry) || undefined,
  };
}
