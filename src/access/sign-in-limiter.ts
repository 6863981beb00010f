/** Counts sign-ins per account; built by whoever composes the service. `accountKey` is a keyed hash of the address. */
export type SignInLimiter = {
  /** Counts one try before the password is looked at. */
  consume(accountKey: string): Promise<{ allowed: boolean; retryAfterSeconds: number }>;
  /** After a right password: the tries before it are forgiven. */
  reset(accountKey: string): Promise<void>;
};
