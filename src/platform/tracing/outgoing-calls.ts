import { type Channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { type OpenSpan, beginSpan } from './scope.ts';
import { faultOf } from './trace.ts';

/**
 * HTTP calls to gateways, senders and endpoints of organisers: a span for each, and the header `traceparent`. undici
 * (also under `fetch`) and Node's own client report requests on diagnostics channels, which cost nothing while nobody
 * listens. A span names the host and the method; the rest of an address may hold ids and tokens of others.
 */
export function traceOutgoingCalls(): () => void {
  const open = new WeakMap<object, OpenSpan>();
  const begin = (key: object, method: string, host: string, setHeader: (name: string, value: string) => void): void => {
    const span = beginSpan(`${method} ${host}`, 'client', { 'http.request.method': method, 'server.address': host });
    if (span === undefined) return;
    setHeader('traceparent', span.traceparent);
    open.set(key, span);
  };
  const answered = (key: object, status: number): void =>
    open.get(key)?.end({ 'http.response.status_code': status }, status >= 500 ? String(status) : undefined);
  const failed = (key: object, error: unknown): void => open.get(key)?.end(undefined, faultOf(error));

  const listeners: Readonly<Record<string, (message: never) => void>> = {
    'undici:request:create': ({ request }: { request: UndiciRequest }) =>
      begin(request, request.method, hostOf(request.origin), (name, value) => request.addHeader(name, value)),
    'undici:request:headers': ({ request, response }: { request: object; response: { statusCode: number } }) =>
      answered(request, response.statusCode),
    'undici:request:error': ({ request, error }: { request: object; error: unknown }) => failed(request, error),
    'http.client.request.created': ({ request }: { request: ClientRequest }) =>
      begin(request, request.method, request.host, (name, value) => request.setHeader(name, value)),
    'http.client.response.finish': ({ request, response }: { request: ClientRequest; response: IncomingMessage }) =>
      answered(request, response.statusCode ?? 0),
    'http.client.request.error': ({ request, error }: { request: ClientRequest; error: unknown }) =>
      failed(request, error),
  };
  const each = (act: (name: string, listener: Listener) => void) =>
    Object.entries(listeners).forEach(([name, listener]) => act(name, listener as unknown as Listener));
  each(subscribe);
  return () => each(unsubscribe);
}

type Listener = Parameters<Channel['subscribe']>[0];
type UndiciRequest = { method: string; origin: string | URL; addHeader(name: string, value: string): void };

function hostOf(origin: string | URL): string {
  return URL.canParse(String(origin)) ? new URL(String(origin)).hostname : 'unknown';
}
