import type { InputFault } from './field-faults.ts';

/** Extra members of a problem document that are safe to show: limits, sizes, field faults. Never personal data. */
export type ProblemDetails = Readonly<Record<string, unknown>>;

export type DomainErrorOptions = {
  readonly cause?: unknown;
  readonly details?: ProblemDetails;
  /** Whole seconds after which a new try makes sense; becomes `Retry-After`. */
  readonly retryAfterSeconds?: number;
};

const refusalFrames = 2;

/**
 * A refusal that the caller may act on. `code` comes from the closed catalogue in `src/problems.ts`. `message` is the
 * public sentence and never names internals. `cause` is private and only goes to the log.
 */
export class DomainError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly details: ProblemDetails | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: Code, message: string, options: DomainErrorOptions = {}) {
    // A refusal is an answer, not a fault. Its code says enough, and after a sell-out there are thousands a second, so
    // no stack is taken.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = refusalFrames;
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'DomainError';
    this.code = code;
    this.details = options.details;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/**
 * Makes the refusals of a room. `refusal` tells the caller `details`. `tryLater` also says when a new try makes sense.
 */
export function refusalsOf<Code extends string>() {
  return {
    refusal: (code: Code, message: string, details?: ProblemDetails): DomainError<Code> =>
      new DomainError<Code>(code, message, details === undefined ? {} : { details }),
    tryLater: (code: Code, message: string, retryAfterSeconds: number, details?: ProblemDetails): DomainError<Code> =>
      new DomainError<Code>(code, message, { retryAfterSeconds, ...(details === undefined ? {} : { details }) }),
  };
}

/** Refusals that no room owns. */
export const platformProblems = {
  'request.invalid': { status: 400, title: 'Request not valid' },
  'request.too_large': { status: 413, title: 'Too large' },
  'request.unsupported_media_type': { status: 415, title: 'Media type not supported' },
  'request.not_found': { status: 404, title: 'Not found' },
  // Only the edge answers this. The service has nothing at such an address.
  'request.method_not_allowed': { status: 405, title: 'Method not allowed' },
  'idempotency.key_required': { status: 400, title: 'Idempotency-Key required' },
  'idempotency.key_reused': { status: 422, title: 'Idempotency-Key used with another body' },
  'idempotency.in_progress': { status: 409, title: 'Still in progress' },
  'service.overloaded': { status: 503, title: 'Overloaded' },
  'service.busy': { status: 503, title: 'Busy with work of this kind' },
  'service.unavailable': { status: 503, title: 'Temporarily unavailable' },
  internal: { status: 500, title: 'Internal error' },
} as const;

export type PlatformErrorCode = keyof typeof platformProblems;

export function requestInvalid(errors: readonly InputFault[]): DomainError<PlatformErrorCode> {
  return new DomainError('request.invalid', 'The request is invalid; see errors.', { details: { errors } });
}

export function serviceUnavailable(cause?: unknown, retryAfterSeconds = 2): DomainError<PlatformErrorCode> {
  return new DomainError('service.unavailable', 'A part of the service is not responding; try again shortly.', {
    cause,
    retryAfterSeconds,
  });
}

export function serviceOverloaded(retryAfterSeconds: number): DomainError<PlatformErrorCode> {
  return new DomainError('service.overloaded', 'The service is overloaded; try again shortly.', {
    retryAfterSeconds,
  });
}

/** Whether a part of the service was down or too busy. Other calls of the kind would be refused now, too. */
export function isServiceRefusal(error: unknown): boolean {
  return error instanceof DomainError && error.code.startsWith('service.');
}

/** Heavy work, which a process does only a little of at once. */
export type HeavyWork =
  | 'tickets_pdf'
  | 'report_download'
  | 'password'
  | 'picture'
  | 'picture_read'
  | 'link_card'
  | 'wallet_pass';

/** The service is well, but too much of one kind of work is waiting. */
export function serviceBusy(work: HeavyWork, retryAfterSeconds: number): DomainError<PlatformErrorCode> {
  return new DomainError('service.busy', 'Too much work of this kind is waiting; try again shortly.', {
    retryAfterSeconds,
    details: { work },
  });
}
