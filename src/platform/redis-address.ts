/**
 * Where a Redis role is:
 *
 *     redis://[user:password@]host[:6379][/database]
 *     redis+sentinel://[user:password@]host[:26379],host,.../master[/database][?sentinelPassword=...]
 *     redis+cluster://[user:password@]host[:6379],host,...
 *
 * `rediss` in place of `redis` is TLS, to the sentinels too. User and password are those of the servers.
 */
export type RedisAddress = {
  readonly kind: 'server' | 'sentinel' | 'cluster';
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly isTls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  /** What the sentinels call the master. */
  readonly master: string | undefined;
  readonly sentinelPassword: string | undefined;
};

const pattern = /^(rediss?)(?:\+(sentinel|cluster))?:\/\/(?:([^@/]*)@)?([^@/?#]+)(\/[^?#]*)?(?:\?([^#]*))?$/;
const nodesMax = 50;

/** The parts of the address; undefined for a text that is no address. */
export function parseRedisAddress(text: string): RedisAddress | undefined {
  const [, scheme = '', kind = 'server', login = '', hosts = '', path = '', query = ''] = pattern.exec(text) ?? [];
  const nodes = hosts.split(',').flatMap((host) => nodeOf(host, kind === 'sentinel' ? 26_379 : 6379) ?? []);
  if (nodes.length !== hosts.split(',').length || nodes.length > nodesMax) return undefined;
  const parts = path.split('/').filter((part) => part !== '');
  const master = kind === 'sentinel' ? parts.shift() : undefined;
  if (kind === 'server' ? nodes.length > 1 : kind === 'sentinel' && master === undefined) return undefined;
  const database = Number(parts.shift() ?? 0);
  if (!Number.isInteger(database) || database < 0 || parts.length > 0 || (kind === 'cluster' && database > 0))
    return undefined;
  const parameters = new URLSearchParams(query);
  const [username = '', ...password] = login.split(':');
  try {
    return {
      kind: kind as RedisAddress['kind'],
      nodes,
      isTls: scheme === 'rediss',
      username: decodeURIComponent(username) || undefined,
      password: decodeURIComponent(password.join(':')) || parameters.get('password') || undefined,
      database,
      master: master === undefined ? undefined : decodeURIComponent(master),
      sentinelPassword: parameters.get('sentinelPassword') ?? undefined,
    };
  } catch {
    return undefined;
  }
}

function nodeOf(text: string, otherwise: number): { host: string; port: number } | undefined {
  const [, host, port = String(otherwise)] = /^(\[[0-9a-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?$/i.exec(text) ?? [];
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) return undefined;
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}
