import { z } from 'zod';
import { addressHeaders } from './http/server/client-network.ts';
import { trustedProxiesFault } from './http/server/trusted-proxies.ts';
import { walletVariables, walletVariablesTogether } from './orders/wallet/wallet-variables.ts';
import { gatewayVariables } from './payments/gateways/all-gateways.ts';
import { databaseUrl } from './platform/database/database-tls.ts';
import { storageVariables } from './platform/files/storage-variables.ts';
import { parseRedisAddress } from './platform/redis-address.ts';
import { httpUrl, url, wholeNumber } from './platform/variables.ts';
import { productionFaults, rehearsalFaults } from './production-faults.ts';

/** The only reader of the environment. `loadConfig` reports all faults together, and returns a frozen object. Names carry their units. */

const environments = ['development', 'test', 'production'] as const;

const secret = z.string().min(32, 'must have at least 32 characters');
const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((value) => value === 'true');
const list = z
  .string()
  .default('')
  .transform((value) =>
    value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );
const origins = list.refine(
  (entries) => entries.every((entry) => entry === '*' || (URL.canParse(entry) && new URL(entry).origin === entry)),
  'must be a comma-separated list of origins such as https://tickets.example.com, without a path',
);
const networks = list.refine((entries) => trustedProxiesFault(entries) === undefined, {
  message: 'must be a comma-separated list of addresses or subnets such as 10.0.0.0/8',
});
const phones = list.refine(
  (entries) => entries.length <= 10 && entries.every((entry) => /^[1-9]\d{6,14}$/.test(entry)),
  {
    message: 'must be at most 10 comma-separated phone numbers: digits with the country code, such as 6281234567890',
  },
);
const redisUrl = z.string().refine((text) => parseRedisAddress(text) !== undefined, {
  message:
    'must be redis://host, redis+sentinel://host,host,.../master or redis+cluster://host,host,..., or the same with rediss',
});
const urls = z
  .string()
  .transform((value) => value.split(',').map((part) => part.trim().replace(/\/+$/, '')))
  .refine((entries) => entries.every((entry) => URL.canParse(entry) && /^https?:/.test(entry)), {
    message: 'must be a comma-separated list of URLs that start with http:// or https://',
  });
/** Addresses by name: `a=https://waha-a.internal,b=https://waha-b.internal`. */
const namedUrls = list.refine((entries) => {
  const pairs = entries.map((entry) => /^([a-z0-9-]{1,30})=(https?:\/\/\S*[^/\s])$/.exec(entry));
  const isEach = pairs.every((pair) => pair?.[2] !== undefined && URL.canParse(pair[2]));
  return isEach && new Set(pairs.map((pair) => pair?.[1])).size === entries.length;
}, 'must be a comma-separated list of name=URL, such as a=https://waha-a.internal, without a slash at the end');
const isOrigin = (value: string): boolean => URL.canParse(value) && new URL(value).origin === value;
/** Pages and cookies belong to the whole host, so it has no path. */
const origin = url('http:', 'https:')
  .transform((value) => value.replace(/\/+$/, ''))
  .refine(isOrigin, 'must be scheme and host alone, in lower case, such as https://tickets.example.com');
const part = { error: 'must be a number from 0 to 1' };
const hex = (bytes: number) =>
  z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`), `must be ${bytes} bytes written as lower-case hex digits`);

const mailbox = z
  .string()
  .regex(
    /^[^\r\n<>]*<[^\s<>@]+@[A-Za-z0-9.-]+>$|^[^\s<>@]+@[A-Za-z0-9.-]+$/,
    'must be a mailbox such as antre <tickets@tickets.example>',
  );

/** Every variable of the service, in the order of `deploy/env.example`. */
export const variables = z.object({
  ENV: z.enum(environments).default('development'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),

  HOST: z.string().default('0.0.0.0'),
  PORT: wholeNumber(3000, 0, 65535),
  PUBLIC_URL: origin.default('http://localhost:3000'),
  REHEARSALS_ALLOWED: flag,
  OPERATIONS_HOST: z.string().default('127.0.0.1'),
  OPERATIONS_PORT: wholeNumber(9100, 0, 65535),
  OPERATIONS_TOKEN: secret.optional(),
  TRACING_OTLP_URL: httpUrl.optional(),
  TRACING_SAMPLE_RATIO: z.coerce.number(part).min(0, part).max(1, part).default(0.01),
  TRACING_SLOW_MS: wholeNumber(1000, 1, 600_000),
  STALL_LOG_MS: wholeNumber(0, 0, 60_000).refine((ms) => ms === 0 || ms >= 100, 'must be 0 (off) or at least 100'),
  API_PROCESSES: wholeNumber(1, 1, 64),
  TRUSTED_PROXIES: networks,
  CLIENT_ADDRESS_HEADER: z.enum(addressHeaders).default('x-forwarded-for'),
  CORS_ALLOW_ORIGINS: origins,

  DATABASE_URL: databaseUrl,
  DATABASE_COUNTS_URL: databaseUrl.optional(),
  DATABASE_REPLICA_URL: databaseUrl.optional(),
  DATABASE_REPLICA_LAG_MAX_MS: wholeNumber(5000, 100, 600_000),
  DATABASE_FALLBACK_POOL_SIZE: wholeNumber(2, 1, 50),
  DATABASE_POOL_SIZE: wholeNumber(8, 1, 200),
  DATABASE_WRITE_POOL_SIZE: wholeNumber(4, 1, 50),
  DATABASE_WORKER_POOL_SIZE: wholeNumber(6, 1, 200),
  DATABASE_ACQUIRE_TIMEOUT_MS: wholeNumber(1000, 10, 30_000),
  DATABASE_CALL_TIMEOUT_MS: wholeNumber(3000, 100, 60_000),
  DATABASE_PREPARE: flag,

  REDIS_CACHE_URL: redisUrl,
  REDIS_QUEUE_URL: redisUrl,

  JWT_SECRET: secret,
  ORDER_TOKEN_SECRET: secret,
  QUEUE_TOKEN_SECRET: secret,
  HASH_SECRET: secret,
  ENCRYPTION_KEY: z.string().regex(/^[0-9a-f]{64}$/, 'must be 32 bytes written as 64 lower-case hex digits'),

  HOLD_JITTER_SECONDS: wholeNumber(60, 0, 600),
  HELD_PER_NETWORK_MAX: wholeNumber(200, 1, 1_000_000),
  SELF_SIGN_UP: flag,
  REQUESTS_PER_MINUTE_PER_NETWORK: wholeNumber(6000, 1, 10_000_000),
  ORDERS_PER_MINUTE_PER_NETWORK: wholeNumber(600, 1, 10_000_000),
  SIGN_INS_PER_MINUTE_PER_NETWORK: wholeNumber(30, 1, 100_000),
  VERIFICATIONS_PER_MINUTE_PER_NETWORK: wholeNumber(300, 1, 100_000),
  STREAMS_PER_NETWORK_MAX: wholeNumber(1000, 1, 1_000_000),
  VERIFICATIONS_PER_MINUTE: wholeNumber(60_000, 1, 10_000_000),

  // Each gateway reads its own, so their names are not part of `Config`.
  ...(gatewayVariables as object),
  GATEWAY_TIMEOUT_MS: wholeNumber(10_000, 100, 15_000),

  SMTP_URL: url('smtp:', 'smtps:').default('smtp://127.0.0.1:2525'),
  MAIL_FROM: mailbox.default('antre <tickets@antre.example>'),
  NEWS_SMTP_URL: url('smtp:', 'smtps:').optional(),
  NEWS_MAIL_FROM: mailbox.optional(),
  MAIL_RETURN_PATH: z
    .string()
    .regex(
      /^[a-z0-9._-]{1,14}@[a-z0-9.-]+$/i,
      'must be an address such as bounces@tickets.example, at most 14 characters before the @',
    )
    .optional(),
  MAIL_CALLBACK_TOKEN: secret.optional(),
  MAIL_DKIM_SELECTOR: z
    .string()
    .regex(
      /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9-]{1,63})*$/,
      'must be a DNS label such as antre2027',
    )
    .optional(),
  MAIL_DKIM_KEY_FILE: z.string().optional(),
  EVENT_NOTICE_DELAY_SECONDS: wholeNumber(300, 0, 3600),
  ...walletVariables,
  WHATSAPP_GRAPH_URL: httpUrl.default('https://graph.facebook.com'),
  WHATSAPP_GRAPH_VERSION: z
    .string()
    .regex(/^v\d+\.\d+$/, 'must be a version such as v23.0')
    .default('v23.0'),
  WAHA_INSTANCES: namedUrls,
  FONNTE_URL: httpUrl.default('https://api.fonnte.com'),
  WABLAS_URL: z
    .string()
    .default('https://{server}.wablas.com')
    .refine(
      (value) => value.includes('{server}') && /^https?:/.test(value) && URL.canParse(value.replace('{server}', 'a')),
      {
        message: 'must be a URL that holds {server}, such as https://{server}.wablas.com',
      },
    ),

  ALERT_WHATSAPP_SENDER: z.string().max(4000).optional(),
  ALERT_WHATSAPP_TO: phones,
  WEBHOOK_ALLOWED_NETWORKS: networks,

  BEACON_URL: urls.default(['https://api.drand.sh', 'https://drand.cloudflare.com']),
  BEACON_CHAIN_HASH: hex(32).default('52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971'),
  BEACON_PUBLIC_KEY: hex(96).default(
    '83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451' +
      '0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a',
  ),
  BEACON_GENESIS: wholeNumber(1_692_803_367, 1, 4_102_444_800),
  BEACON_PERIOD_SECONDS: wholeNumber(3, 1, 300),

  CDN_PURGE_URL: httpUrl.optional(),
  CDN_PURGE_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),

  ...storageVariables,

  WORKER_CONCURRENCY: wholeNumber(20, 1, 500),
  WORKER_NICENESS: wholeNumber(5, 0, 19),
  RELAY_JOBS_MAX: wholeNumber(50_000, 100, 1_000_000),
});

export type Config = Readonly<z.output<typeof variables>>;

/** Thrown by `loadConfig`; `faults` names every variable that is wrong, one sentence each, without its value. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The configuration has ${faults.length} fault(s):\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/**
 * Reads and checks the environment.
 * @throws ConfigError naming every fault at once.
 */
export function loadConfig(environment: Record<string, string | undefined> = process.env): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const parsed = variables.safeParse(given);
  const faults = (parsed.error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${sentence(issue, given)}`);
  if (given['ENV'] === undefined && given['NODE_ENV'] === 'production')
    faults.push(
      'ENV: is required where NODE_ENV is production; ENV=production makes the service refuse what is unsafe',
    );
  for (const names of together)
    if (new Set(names.map((name) => given[name] === undefined)).size > 1)
      faults.push(`${names.join(', ')}: set ${names.length === 2 ? 'both or neither' : 'all or none'}`);
  if (given['S3_ENDPOINT'] !== undefined)
    for (const name of ['S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'])
      if (given[name] === undefined) faults.push(`${name}: is required where S3_ENDPOINT is given`);
  if (given['REHEARSALS_ALLOWED'] === 'true') faults.push(...rehearsalFaults(given));
  if (given['ENV'] === 'production') faults.push(...productionFaults(wellFormed(given), given));
  if (faults.length > 0 || !parsed.success) throw new ConfigError(faults);
  return Object.freeze(parsed.data);
}

/** Variables that have a meaning only together. */
const together = [['MAIL_DKIM_SELECTOR', 'MAIL_DKIM_KEY_FILE'], ...walletVariablesTogether] as const;

type Given = Readonly<Record<string, string | undefined>>;

/** The variables that are valid by themselves. An invalid one must not hide the faults that production refuses. */
function wellFormed(given: Given): Partial<Config> {
  const values = Object.entries(variables.shape).flatMap(([name, schema]): [string, unknown][] => {
    const parsed = schema.safeParse(given[name]);
    return parsed.success ? [[name, parsed.data]] : [];
  });
  return Object.fromEntries(values);
}

function sentence(issue: z.core.$ZodIssue, given: Given): string {
  return given[String(issue.path[0])] === undefined ? 'is required' : issue.message;
}
