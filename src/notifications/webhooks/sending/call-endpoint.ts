import { type IncomingMessage, type RequestOptions, Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import type { Clock } from '../../../platform/clock.ts';
import { withDeadline } from '../../../platform/resilience/deadline.ts';
import { type AddressGuard, AddressRefused } from '../address-guard.ts';
import { answerBodyMs, answerBytesMax, callTimeoutMs, callsAtOnceMax, retryAfterSecondsMax } from '../limits.ts';
import type { CallFailure } from '../tables.ts';

/** The outcome of one call. Only the status of an answer is kept, because a body could be anybody's data. */
export type CallResult = {
  readonly status: number | undefined;
  /** Undefined for a 2xx; otherwise a code from a closed set. */
  readonly failure: CallFailure | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly tookMs: number;
};

export type EndpointCaller = {
  call(url: string, headers: Readonly<Record<string, string>>, body: string, signal: AbortSignal): Promise<CallResult>;
  close(): void;
};

/** Idle connections to one endpoint. */
const idleSocketsMax = 2;
const idleMs = 20_000;

/**
 * Posts to endpoints with a deadline. Redirects are not followed, the answer's body is discarded up to a limit, and every
 * connection goes to an address that the guard has just allowed.
 */
export function createEndpointCaller({ guard, clock }: { guard: AddressGuard; clock: Clock }): EndpointCaller {
  const options = {
    keepAlive: true,
    maxSockets: callsAtOnceMax,
    maxFreeSockets: idleSocketsMax,
    timeout: idleMs,
    lookup: guard.lookup,
  };
  const agents = { 'http:': new HttpAgent(options), 'https:': new HttpsAgent(options) } as const;

  const post = async (url: URL, request: RequestOptions, body: string): Promise<IncomingMessage> => {
    // Node connects to a literal address without a lookup.
    if (isIP(url.hostname.replace(/^\[(.*)\]$/, '$1')) !== 0) await guard.resolve(url.hostname);
    const isSecure = url.protocol === 'https:';
    const send = () => exchange(isSecure ? httpsRequest : httpRequest, url, request, body);
    const agent = agents[isSecure ? 'https:' : 'http:'];
    request.agent = agent;
    try {
      return await send();
    } catch (error) {
      // The other side closed an idle connection while the request was on its way. This does not count against a new
      // connection.
      if (!(error instanceof StaleConnection)) throw error;
      return send();
    }
  };

  return {
    call: async (address, headers, body, signal) => {
      const started = performance.now();
      const tookMs = () => Math.round(performance.now() - started);
      try {
        const response = await withDeadline(signal, callTimeoutMs, (ending) =>
          post(new URL(address), { method: 'POST', headers, signal: ending }, body),
        );
        discard(response);
        const status = response.statusCode ?? 0;
        const failure =
          status >= 200 && status < 300 ? undefined : status >= 300 && status < 400 ? 'redirect' : 'status';
        return { status, failure, retryAfterSeconds: retryAfterOf(response, clock.now()), tookMs: tookMs() };
      } catch (error) {
        return { status: undefined, failure: failureOf(error), retryAfterSeconds: undefined, tookMs: tookMs() };
      }
    },
    close: () => Object.values(agents).forEach((agent) => agent.destroy()),
  };
}

class StaleConnection extends Error {}

function exchange(
  make: typeof httpRequest | typeof httpsRequest,
  url: URL,
  options: RequestOptions,
  body: string,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = make(url, options, resolve);
    request.on('error', (error: NodeJS.ErrnoException) =>
      reject(request.reusedSocket && error.code === 'ECONNRESET' ? new StaleConnection() : error),
    );
    request.end(body);
  });
}

/** Discards the body, so that the connection can be used again; closes the connection if the body is long or slow. */
function discard(response: IncomingMessage): void {
  let length = 0;
  const timer = setTimeout(() => response.destroy(), answerBodyMs);
  response.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > answerBytesMax) response.destroy();
  });
  response.on('error', () => {});
  response.on('close', () => clearTimeout(timer));
}

/**
 * Seconds until the time in `Retry-After`, which is a number of seconds or a date. Read only from answers that ask to
 * wait.
 */
function retryAfterOf(response: IncomingMessage, now: Date): number | undefined {
  const given = response.headers['retry-after'];
  if (given === undefined || (response.statusCode !== 429 && response.statusCode !== 503)) return undefined;
  const seconds = /^\d{1,9}$/.test(given) ? Number(given) : (Date.parse(given) - now.getTime()) / 1000;
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(Math.ceil(seconds), retryAfterSecondsMax) : undefined;
}

function failureOf(error: unknown): CallFailure {
  if (error instanceof AddressRefused) return error.code;
  if (!(error instanceof Error)) return 'connection_failed';
  if (error.name === 'AbortError') return 'timeout';
  const code = 'code' in error ? String(error.code) : '';
  if ('syscall' in error && String(error.syscall).startsWith('query')) return 'dns_failed';
  if (code === 'ECONNREFUSED') return 'connection_refused';
  return /CERT|TLS|SSL|SIGNATURE|ISSUER|ERR_TLS/.test(code) ? 'tls' : 'connection_failed';
}
