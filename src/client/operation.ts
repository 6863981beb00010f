/** The data for calling one operation of the contract. Generated from the contract when the package is built. */
export type OperationFacts = {
  /** Default: GET. */
  readonly method?: string;
  /** With `{name}` for each parameter of the path. */
  readonly path: string;
  /** Whether the service replays its answer by an Idempotency-Key; the client then makes one. */
  readonly keyed?: boolean;
  /** Whether it takes a credential: the client's token where it is required, a call's own where it is optional. */
  readonly secured?: 'always' | 'on request';
  /** Whether its answers are pages, each with a cursor of the next. */
  readonly paged?: boolean;
};

/** The input of a call. The declaration of the operation gives its parts and their types. */
export type CallInput = {
  readonly path?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
} & CallOptions;

export type CallOptions = {
  /** The credential of this call, instead of the client's. */
  readonly token?: string;
  /**
   * For operations that take one: calls with the same key are made once, however often they are sent. Default: a
   * generated key.
   */
  readonly idempotencyKey?: string;
  /** The longest time of one try of this call, in milliseconds; a large file needs more than the client's. */
  readonly timeoutMs?: number;
  /** Ends the call, even while it waits for another try. */
  readonly signal?: Signal;
};

/** An `AbortSignal`, typed by its shape, so that the types need neither those of a browser nor those of Node. */
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
