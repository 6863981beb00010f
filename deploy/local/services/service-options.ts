import type { Account } from '../host/account.ts';
import type { Supervisor } from '../host/supervisor.ts';

/** The secrets between the local servers and their clients. */
export const serviceSecretNames = [
  'postgresPassword',
  'ownerPassword',
  'appPassword',
  'pgbouncerPassword',
  'redisPassword',
] as const;
export type ServiceSecrets = Record<(typeof serviceSecretNames)[number], string>;

/** The options with which every local server is started. */
export interface ServiceContext {
  /** A folder that the account can reach; each server makes one of its own in it. */
  readonly folder: string;
  readonly account: Account | undefined;
  readonly secrets: ServiceSecrets;
  readonly supervisor: Supervisor;
  /** True: committed data survives a power cut. Tests do without. */
  readonly durable: boolean;
  /** An address besides 127.0.0.1 at which Postgres and Redis are reached from other machines of a drill. */
  readonly address?: string | undefined;
}
