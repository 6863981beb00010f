import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { dataFault, isUnavailable } from '../platform/database/db-errors.ts';
import { DomainError, requestInvalid, serviceUnavailable } from '../platform/errors.ts';
import { inputFault } from '../platform/field-faults.ts';
import { newId } from '../platform/ids.ts';
import type { Log } from '../platform/log.ts';
import { counter } from '../platform/metrics.ts';
import { type Answer, responseOf } from './hot-path/answer.ts';

/** Status and title of one error code. */
export type ProblemKind = { readonly status: number; readonly title: string };
export type ProblemCatalogue = Readonly<Record<string, ProblemKind>>;

export const problemContentType = 'application/problem+json';

/** An RFC 9457 problem document. `type` is a URI that names the code; `detail` is the public sentence of the error. */
export function problemAnswer(
  error: DomainError,
  requestId: string,
  catalogue: ProblemCatalogue,
  fields?: Readonly<Record<string, string>>,
): Answer {
  const { status, title } = catalogue[error.code] ?? { status: 500, title: 'Internal error' };
  const own = {
    type: `urn:antre:problem:${error.code}`,
    title,
    status,
    code: error.code,
    detail: error.message,
    requestId,
  };
  // Spread twice: first for the order of members, last so that details replace none of them.
  const body = JSON.stringify({ ...own, ...error.details, ...own });
  const headers: Record<string, string> = {
    'content-type': problemContentType,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': requestId,
    ...fields,
  };
  const retryAfter = error.retryAfterSeconds ?? (status === 503 || status === 429 ? 2 : undefined);
  if (retryAfter !== undefined) headers['retry-after'] = String(retryAfter);
  if (status === 401) headers['www-authenticate'] = 'Bearer';
  return { status, headers, body };
}

/** The problem as a Response, for the router. */
export function problemResponse(...problem: Parameters<typeof problemAnswer>): Response {
  return responseOf(problemAnswer(...problem));
}

const dataFaults = counter(
  'http_data_faults_total',
  'Requests refused because Postgres cannot store one of their values, by SQLSTATE',
  ['state'],
);

/**
 * Turns every thrown error into an answer. Refusals are rendered, a value that Postgres cannot store is the client's
 * fault, an unreachable database becomes 503, and all other errors reveal nothing.
 */
export function createRenderError(catalogue: ProblemCatalogue, log: Log) {
  return (error: unknown, requestId: string, fields?: Readonly<Record<string, string>>): Answer => {
    const known = toDomainError(error);
    if (known !== undefined) {
      if (known.cause !== undefined) log.warn({ err: known.cause, requestId, code: known.code }, 'refused');
      return problemAnswer(known, requestId, catalogue, fields);
    }
    log.error({ err: error, requestId }, 'unexpected error');
    return problemAnswer(
      new DomainError('internal', 'Something went wrong on our side.'),
      requestId,
      catalogue,
      fields,
    );
  };
}

/** The error handler of the router. */
export function handleError(catalogue: ProblemCatalogue, log: Log) {
  const render = createRenderError(catalogue, log);
  return (error: unknown, c: Context): Response => responseOf(render(error, requestIdOf(c)));
}

/** Gives an id to a request that was refused before it had one. */
function requestIdOf(c: Context): string {
  const known: unknown = c.get('requestId');
  return typeof known === 'string' ? known : newId('req');
}

/** The problem that the caller sees for an error; undefined for an internal error. */
export function toDomainError(error: unknown): DomainError | undefined {
  if (error instanceof DomainError) return error;
  if (isUnavailable(error)) return refusalWithin(error) ?? serviceUnavailable(error);
  const state = dataFault(error);
  if (state !== undefined) {
    dataFaults.inc({ state });
    return requestInvalid([inputFault('', 'value.not_storable')]);
  }
  if (error instanceof HTTPException && error.status === 415) {
    return new DomainError('request.unsupported_media_type', 'The body must be application/json in UTF-8.');
  }
  if (error instanceof HTTPException && error.status < 500) {
    return new DomainError('request.invalid', 'The request is not valid.', { details: { errors: [] } });
  }
  return undefined;
}

/** The database error inside drizzle's error. */
function refusalWithin(error: unknown): DomainError | undefined {
  if (error instanceof DomainError) return error;
  return error instanceof Error && error.cause !== undefined ? refusalWithin(error.cause) : undefined;
}
