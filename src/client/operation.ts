/** What one operation of the contract needs to be called. Made from the contract when the package is built. */
export type OperationFacts = {
  readonly method: string;
  /** With `{name}` where a part of the path goes. */
  readonly path: string;
  /** Whether the service replays its answer by an Idempotency-Key; the client then makes one. */
  readonly keyed?: boolean;
  /** Whether a credential belongs to it: the client's token is sent where it always does, a call's own where it may. */
  readonly secured?: 'always' | 'on request';
  /** Whether its answers come in pages, each with a cursor of the next. */
  readonly paged?: boolean;
};

/** What a caller gives. Which parts an operation takes, and their types, its own declaration says. */
export type CallInput = {
  readonly path?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
} & CallOptions;

export type CallOptions = {
  /** The credential of this call, instead of the client's. */
  readonly token?: string;
  /** For operations that take one: the same key makes the same call once, however often it is sent. Made when not given. */
  readonly idempotencyKey?: string;
  /** Ends the call, also while it waits to try again. */
  readonly signal?: Signal;
};

/** An `AbortSignal`. Named by its shape, so that the types need neither those of a browser nor those of Node. */
export type Signal = {
  readonly aborted: boolean;
  readonly reason?: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
};

/** An answer that was not refused. */
export type CallAnswer<Data> = {
  readonly data: Data;
  readonly status: number;
  readonly headers: { get(name: string): string | null };
};
