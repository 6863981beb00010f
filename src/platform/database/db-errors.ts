/**
 * What a failed database call means for its caller. postgres.js gives SQLSTATE codes for answers of the server, and
 * names such as CONNECTION_CLOSED for the connection; drizzle wraps both.
 */

export function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.cause === undefined ? undefined : sqlState(error.cause);
}

/** The name of the violated constraint, if the error is a constraint violation. */
export function violatedConstraint(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('constraint_name' in error && typeof error.constraint_name === 'string') return error.constraint_name;
  return error.cause === undefined ? undefined : violatedConstraint(error.cause);
}

/** Two transactions conflicted; the whole transaction may run again at once. */
export function isConflict(error: unknown): boolean {
  const state = sqlState(error);
  return state === '40001' || state === '40P01';
}

/**
 * The SQLSTATE of a value that Postgres cannot store (class 22: a date that does not exist, a number out of range,
 * U+0000); undefined for every other error. Values come from clients, so this is the client's fault, whichever check
 * let it pass.
 */
export function dataFault(error: unknown): string | undefined {
  const state = sqlState(error);
  return state !== undefined && /^22[0-9A-Z]{3}$/.test(state) ? state : undefined;
}

const connectionCodes = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'CONNECTION_CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOENT',
  'EAI_AGAIN',
  'ENOTFOUND',
]);

/** The outcome is unknown: the call may or may not have been committed. Only the same ids may be sent again. */
export function isOutcomeUnknown(error: unknown): boolean {
  const state = sqlState(error);
  return (
    state !== undefined &&
    (connectionCodes.has(state) || state === 'DEADLINE' || state.startsWith('08') || state.startsWith('57P'))
  );
}

/** The database, or the network to it, is down or overloaded. The caller gets 503 and may try again. */
export function isUnavailable(error: unknown): boolean {
  const state = sqlState(error);
  if (state === undefined) return false;
  return (
    isOutcomeUnknown(error) ||
    isConflict(error) ||
    state.startsWith('53') ||
    state === '57014' ||
    state === '55P03' ||
    state === 'POOL_FULL' ||
    state === 'service.overloaded'
  );
}

const adviceOnSqlState: Readonly<Record<string, string>> = {
  '28P01': 'the database refuses this user and password; is DATABASE_URL right?',
  '28000': 'the database refuses this user; is DATABASE_URL right?',
  '3D000': 'there is no such database; is DATABASE_URL right?',
  '42P01': 'the database lacks tables of this version; migrate it first (npm run migrate)',
  '42703': 'the database has tables of another version; migrate it first (npm run migrate)',
  '42883': 'the database lacks functions of this version; migrate it first (npm run migrate)',
  '42501': 'the user of DATABASE_URL may not do this; were the roles made and the tables migrated by their owner?',
};

/** What an operator can do about a failed call, in one sentence; undefined for a fault of ours. */
export function adviceOn(error: unknown): string | undefined {
  if (isUnavailable(error)) return 'the database does not answer; is DATABASE_URL right, and is it running?';
  return adviceOnSqlState[sqlState(error) ?? ''];
}
