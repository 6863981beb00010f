import { gatewayVariables, realMoneyAt } from './payments/gateways/all-gateways.ts';
import { parseRedisAddress } from './platform/redis-address.ts';

/**
 * The faults that production, or a copy for rehearsals, sees in a configuration that is otherwise valid. Every fault is
 * named, none with its value.
 */

type Given = Readonly<Record<string, string | undefined>>;

/** Secrets that appear in this repository begin with this. */
export const demoSecretMarker = 'demo-only-';

const howToMake = 'make one with openssl rand -hex 32';
/** Secrets that every service needs. Each has one purpose, and no two may be the same. */
export const neededSecretNames = [
  'JWT_SECRET',
  'ORDER_TOKEN_SECRET',
  'QUEUE_TOKEN_SECRET',
  'HASH_SECRET',
  'ENCRYPTION_KEY',
  'OPERATIONS_TOKEN',
] as const;
const secretNames = [...neededSecretNames, 'CDN_PURGE_TOKEN', 'MAIL_CALLBACK_TOKEN'] as const;
const serverNames = [
  'DATABASE_URL',
  'DATABASE_COUNTS_URL',
  'DATABASE_REPLICA_URL',
  'REDIS_CACHE_URL',
  'REDIS_QUEUE_URL',
] as const;
const httpsNames = [
  'PUBLIC_URL',
  'WHATSAPP_GRAPH_URL',
  'FONNTE_URL',
  'WABLAS_URL',
  'CDN_PURGE_URL',
  'S3_ENDPOINT',
] as const;
/** Tickets leave by mail: with the defaults none would arrive. */
const mailNames = ['SMTP_URL', 'MAIL_FROM'] as const;
const gatewayUrlNames = Object.keys(gatewayVariables).filter((name) => name.endsWith('_URL'));
/**
 * Random text of 32 characters, hex or base64, has more different characters than this, except for one try in millions.
 */
const differentCharactersMin = 10;
/** The widest trusted network. 10.0.0.0/8 and fc00::/7 are the widest private ones. */
const prefixMin = { v4: 8, v6: 7, v4InV6: 104 } as const;

/** The variables that production checks, as `config.ts` has parsed them. */
type Checked = Readonly<
  Partial<
    Record<
      (typeof secretNames | typeof serverNames | typeof httpsNames)[number] | 'SMTP_URL' | 'NEWS_SMTP_URL',
      string | undefined
    >
  >
> & {
  readonly [name in
    | 'CORS_ALLOW_ORIGINS'
    | 'TRUSTED_PROXIES'
    | 'BEACON_URL'
    | 'WEBHOOK_ALLOWED_NETWORKS']?: readonly string[];
};

/**
 * @param config the variables that are valid, each by itself
 * @param given the environment, without empty values
 */
export function productionFaults(config: Checked, given: Given): string[] {
  return [
    ...secretFaults(config),
    ...(config.CORS_ALLOW_ORIGINS?.includes('*')
      ? ['CORS_ALLOW_ORIGINS: a wildcard is refused; list the origins']
      : []),
    ...(given['DATABASE_DIRECT_URL'] === undefined
      ? []
      : [
          'DATABASE_DIRECT_URL: belongs to the migration alone; the service must not hold the credentials of the owner',
        ]),
    ...(given['S3_ENDPOINT'] === undefined && given['FILES_DIR'] === undefined
      ? ['FILES_DIR: is required without S3_ENDPOINT: a folder that all processes share, for reports and pictures']
      : []),
    ...(given['OPERATIONS_TOKEN'] === undefined ? ['OPERATIONS_TOKEN: is required'] : []),
    ...mailNames
      .filter((name) => given[name] === undefined)
      .map((name) => `${name}: is required; its default is for a mail server of development`),
    ...(sameRedis(config.REDIS_CACHE_URL, config.REDIS_QUEUE_URL)
      ? ['REDIS_CACHE_URL, REDIS_QUEUE_URL: must be two servers, since one may evict and the other never may']
      : []),
    ...(config.TRUSTED_PROXIES ?? [])
      .filter(isTooWide)
      .map((network) => `TRUSTED_PROXIES: ${network} would let anybody choose the address that limits count by`),
    ...((config.WEBHOOK_ALLOWED_NETWORKS ?? []).length === 0
      ? []
      : ['WEBHOOK_ALLOWED_NETWORKS: is for local development; webhooks would reach private networks']),
    ...addressFaults(config),
  ];
}

/** The faults that a copy for rehearsals sees wherever it runs: load would buy with real money. */
export function rehearsalFaults(given: Given): string[] {
  return realMoneyAt(given).map(
    (name) => `${name}: is the gateway of real money; a copy for rehearsals (REHEARSALS_ALLOWED) needs a sandbox`,
  );
}

function secretFaults(config: Checked): string[] {
  const secrets = secretNames.flatMap((name) => (config[name] === undefined ? [] : [[name, config[name]] as const]));
  const passwords = serverNames.flatMap((name) => {
    const password = passwordOf(config[name]);
    return password === undefined ? [] : [[name, password] as const];
  });
  const weak = secrets.flatMap(([name, value]) => {
    const reason = weakness(value);
    return reason === undefined ? [] : [`${name}: ${reason}; ${howToMake}`];
  });
  const used = Map.groupBy([...secrets, ...passwords], ([, value]) => value);
  // Two servers may share a password; no server may share a secret of the service.
  const shared = [...used.values()]
    .map((entries) => entries.map(([name]) => name))
    .filter((names) => names.length > 1 && names.some((name) => isSecret(name)));
  return [...weak, ...shared.map((names) => `${names.join(', ')}: must differ from each other`)];
}

const isSecret = (name: string): boolean => (secretNames as readonly string[]).includes(name);

/** Why a secret could be guessed, or undefined. For text that people type instead of a random value. */
export function weakness(secret: string): string | undefined {
  if (secret.startsWith(demoSecretMarker)) return 'is the demo value';
  if (new Set(secret).size < differentCharactersMin) return 'has too few different characters';
  if (isRepeated(secret)) return 'repeats itself';
  if (steps(secret) > secret.length / 2) return 'is a row of the keyboard or the alphabet';
  return undefined;
}

/** Whether the text repeats a shorter text; the last repetition may be cut off. */
function isRepeated(text: string): boolean {
  for (let length = 1; length <= text.length / 2; length += 1) {
    if (text.slice(length) === text.slice(0, -length)) return true;
  }
  return false;
}

/** How many characters equal, follow or precede the character before them. */
function steps(text: string): number {
  const rows = 'qwertyuiopasdfghjklzxcvbnm';
  let count = 0;
  for (let place = 1; place < text.length; place += 1) {
    const [before, after] = [text.charCodeAt(place - 1), text.charCodeAt(place)];
    const inRow = rows.includes(text.slice(place - 1, place + 1).toLowerCase());
    if (Math.abs(after - before) <= 1 || inRow) count += 1;
  }
  return count;
}

function addressFaults(config: Checked): string[] {
  const faults: string[] = [];
  for (const name of serverNames) {
    const address = config[name];
    if (address !== undefined && !isLoopback(address) && passwordOf(address) === undefined)
      faults.push(`${name}: needs a password, since the server is on another machine`);
  }
  if (config.BEACON_URL?.some((relay) => relay.startsWith('http:'))) faults.push('BEACON_URL: must be https');
  const values: Readonly<Record<string, unknown>> = config;
  for (const name of [...httpsNames, ...gatewayUrlNames])
    if (String(values[name]).startsWith('http:')) faults.push(`${name}: must be https`);
  for (const name of ['SMTP_URL', 'NEWS_SMTP_URL'] as const) {
    const mail = config[name] === undefined ? undefined : new URL(config[name]);
    if (mail?.protocol === 'smtp:' && !isLoopback(mail.href) && mail.searchParams.get('requireTLS') !== 'true') {
      faults.push(
        `${name}: mail to another machine must be encrypted: smtps://, or smtp://...?requireTLS=true (STARTTLS)`,
      );
    }
  }
  return faults;
}

function passwordOf(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  const redis = parseRedisAddress(address);
  if (redis !== undefined) return redis.password;
  const { password, searchParams } = new URL(address);
  return decodeURIComponent(password) || searchParams.get('password') || undefined;
}

function isLoopback(address: string): boolean {
  const hosts = parseRedisAddress(address)?.nodes.map(({ host }) => host) ?? [new URL(address).hostname];
  return hosts.every((host) => /^(?:localhost|\[?::1\]?|127\..*)?$/.test(host));
}

function isTooWide(network: string): boolean {
  const [address = '', prefix] = network.split('/');
  if (prefix === undefined) return false;
  const kind = !address.includes(':') ? 'v4' : /^::ffff:/i.test(address) ? 'v4InV6' : 'v6';
  return Number(prefix) < prefixMin[kind];
}

/** Compares the addresses; `refusesToStart` asks the servers themselves. Sentinels may watch several masters. */
function sameRedis(first: string | undefined, second: string | undefined): boolean {
  const [one, two] = [first, second].map((text) => (text === undefined ? undefined : parseRedisAddress(text)));
  if (one === undefined || two === undefined || one.master !== two.master) return false;
  return one.nodes.some(({ host, port }) => two.nodes.some((node) => node.host === host && node.port === port));
}
