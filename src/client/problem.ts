/** One field that the service refused, with a code that is the same in every language. */
export type FieldFault = {
  readonly path: string;
  readonly code: string;
  /** In English; `messages` has it in the languages of the service. */
  readonly message: string;
  readonly messages: { readonly en: string; readonly id: string };
};

/** A refusal by the service (RFC 9457), or by the network: then `status` is 0 and `code` is `network`. */
export class AntreProblem extends Error {
  /** The kind of refusal. Its meaning never changes; test it, not the text. */
  readonly code: string;
  readonly status: number;
  /** Identifies the request in the service's log. */
  readonly requestId: string | undefined;
  /** The fields that were refused, if the code is `request.invalid`. */
  readonly errors: readonly FieldFault[];
  /** Seconds after which the same call may succeed; undefined if waiting does not help. */
  readonly retryAfterSeconds: number | undefined;
  /** The whole problem document, with the members that belong to this code. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(details: Readonly<Record<string, unknown>>, status: number, retryAfterSeconds?: number, cause?: unknown) {
    super(text(details['detail']) ?? text(details['title']) ?? `answered ${status}`, { cause });
    this.name = 'AntreProblem';
    this.code = text(details['code']) ?? (status === 0 ? 'network' : `http.${status}`);
    this.status = status;
    this.requestId = text(details['requestId']);
    this.errors = Array.isArray(details['errors']) ? (details['errors'] as FieldFault[]) : [];
    this.retryAfterSeconds = retryAfterSeconds;
    this.details = details;
  }
}

/** Whether this is a refusal by the service, and, if codes are given, one of these. */
export function isProblem(error: unknown, ...codes: readonly string[]): error is AntreProblem {
  return error instanceof AntreProblem && (codes.length === 0 || codes.includes(error.code));
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
