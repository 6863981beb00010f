import { url } from '../variables.ts';

/**
 * TLS options of the driver for this address: none, or a server whose certificate is verified. `require`, `allow` and
 * `prefer` would accept any certificate, or no encryption, and are refused.
 * @returns undefined for an address that asks for one of those. `NODE_EXTRA_CA_CERTS` takes the place of `sslrootcert`.
 */
function databaseTls(url: string): 'verify-full' | false | undefined {
  const { searchParams } = new URL(url);
  if (searchParams.has('ssl') || searchParams.has('sslrootcert')) return undefined;
  const mode = searchParams.get('sslmode') ?? 'disable';
  if (mode === 'verify-full') return mode;
  return mode === 'disable' ? false : undefined;
}

const fault =
  'sslmode must be verify-full or disable; roots of your own go into the file that NODE_EXTRA_CA_CERTS names';

/** @throws Error for an address that asks for encryption without verification */
export function requiredDatabaseTls(url: string): 'verify-full' | false {
  const tls = databaseTls(url);
  if (tls === undefined) throw new Error(`The address of the database: ${fault}`);
  return tls;
}

/** The address of a database, as an environment variable. */
export const databaseUrl = url('postgres:', 'postgresql:').refine(
  (address) => !URL.canParse(address) || databaseTls(address) !== undefined,
  fault,
);
