/**
 * Counts sign-ins per account; built by whoever composes the service. `accountKey` is a keyed hash of the address,
 * `accountHereKey` one of the address and the network that the try comes from.
 */
export type SignInLimiter = {
  /** Counts one try before the password is looked at. */
  consume(accountKey: string, accountHereKey: string): Promise<{ allowed: boolean; retryAfterSeconds: number }>;
  /** After a right password: the tries before it are forgiven. */
  reset(accountKey: string, accountHereKey: string): Promise<void>;
};
