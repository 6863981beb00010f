import type { Config } from '../config.ts';
import type { Dependency } from './concurrency/dependencies.ts';

/**
 * Who is refused first when there is too much: the highest class. 0 is callbacks and is never shed; 1 pays, reads an
 * order, or stands at the door; 2 places an order; 3 exchanges a place in the waiting room; 4 browses; 5 is the rest.
 */
export type RouteClass = 0 | 1 | 2 | 3 | 4 | 5;

/** What a limit counts by. */
export type KeyKind = 'network' | 'credential' | 'target' | 'callback';

/** At most `points` requests in `seconds`, counted from the first one, per key. */
export type Policy = {
  readonly name: PolicyName;
  readonly key: KeyKind;
  readonly points: number;
  readonly seconds: number;
};

export type PolicyName =
  | 'network'
  | 'credential'
  | 'check_in_network'
  | 'check_in'
  | 'orders'
  | 'sign_in'
  | 'messages'
  | 'sign_in_account'
  | 'sign_in_account_everywhere'
  | 'documents'
  | 'message_target'
  | 'verifications'
  | 'verifications_budget'
  | 'verification_target'
  | 'verification_target_daily'
  | 'verification_target_everywhere'
  | 'verification_target_everywhere_daily'
  | 'confirmations'
  | 'confirmation_failures'
  | 'callback_failures'
  | 'callback_failures_network';

export type Policies = Readonly<Record<PolicyName, Policy>>;

const minute = 60;
/** A whole venue scans from behind one address. */
const doorNetworkFactor = 10;
/** One API key may serve every gate of a venue. */
const doorCredentialFactor = 2;
const messagesPerNetwork = 30;
const signInsPerAccount = 10;
const signInsPerAccountEverywhere = 100;
const documentsPerNetwork = 300;
const messagesPerTarget = 3;
const messageTargetSeconds = 15 * minute;
/** Codes to one buyer: asked for from one network, and from all of them. */
const verificationsPerTarget = 3;
const verificationsPerTargetDaily = 10;
const verificationsPerTargetEverywhere = 10;
const verificationsPerTargetEverywhereDaily = 20;
/** A buyer who mistypes tries again. */
const confirmationsPerVerification = 3;
/** Wrong codes from one network, which thousands of phones may share. */
const confirmationFailuresPerNetwork = 30;
const day = 24 * 60 * minute;
const callbackFailuresPerMinute = 60;
/** Wrong keys of so many organisers may come through one gateway's network in the same minute. */
const callbackAddressesFailing = 20;

/** The table of limits. What an operator may want to set comes from the configuration. */
export function policiesOf(
  config: Pick<
    Config,
    | 'REQUESTS_PER_MINUTE_PER_NETWORK'
    | 'ORDERS_PER_MINUTE_PER_NETWORK'
    | 'SIGN_INS_PER_MINUTE_PER_NETWORK'
    | 'VERIFICATIONS_PER_MINUTE_PER_NETWORK'
    | 'VERIFICATIONS_PER_MINUTE'
  >,
): Policies {
  const requests = config.REQUESTS_PER_MINUTE_PER_NETWORK;
  const policy = (name: PolicyName, key: KeyKind, points: number, seconds = minute): Policy => ({
    name,
    key,
    points,
    seconds,
  });
  return {
    network: policy('network', 'network', requests),
    credential: policy('credential', 'credential', requests),
    check_in_network: policy('check_in_network', 'network', requests * doorNetworkFactor),
    check_in: policy('check_in', 'credential', requests * doorCredentialFactor),
    orders: policy('orders', 'network', config.ORDERS_PER_MINUTE_PER_NETWORK),
    sign_in: policy('sign_in', 'network', config.SIGN_INS_PER_MINUTE_PER_NETWORK),
    messages: policy('messages', 'network', messagesPerNetwork),
    // Guessing one account's password: from one network, and from many.
    sign_in_account: policy('sign_in_account', 'target', signInsPerAccount, 15 * minute),
    sign_in_account_everywhere: policy(
      'sign_in_account_everywhere',
      'target',
      signInsPerAccountEverywhere,
      15 * minute,
    ),
    // A page to print costs as much processor time as a hundred orders.
    documents: policy('documents', 'network', documentsPerNetwork),
    // Filling one person's inbox.
    message_target: policy('message_target', 'target', messagesPerTarget, messageTargetSeconds),
    ...verificationPolicies(config, policy),
    // Gateways are never limited; who sends callbacks that do not verify is. Per network and address, so that one
    // organiser's wrong key does not shut the gateway out for the others.
    callback_failures: policy('callback_failures', 'callback', callbackFailuresPerMinute),
    // Each failure costs a look-up in Postgres: who makes up addresses must not get a new limit with each.
    callback_failures_network: policy(
      'callback_failures_network',
      'network',
      callbackFailuresPerMinute * callbackAddressesFailing,
    ),
  };
}

/** Codes to buyers, the target of who wants to keep everybody out (or to fill inboxes, or to spend the organizer's money). */
function verificationPolicies(
  config: Pick<Config, 'VERIFICATIONS_PER_MINUTE_PER_NETWORK' | 'VERIFICATIONS_PER_MINUTE'>,
  policy: (name: PolicyName, key: KeyKind, points: number, seconds?: number) => Policy,
) {
  const asked = config.VERIFICATIONS_PER_MINUTE_PER_NETWORK;
  const toTarget = (name: PolicyName, points: number, seconds: number) => policy(name, 'target', points, seconds);
  return {
    verifications: policy('verifications', 'network', asked),
    verifications_budget: policy('verifications_budget', 'target', config.VERIFICATIONS_PER_MINUTE),
    verification_target: toTarget('verification_target', verificationsPerTarget, 15 * minute),
    verification_target_daily: toTarget('verification_target_daily', verificationsPerTargetDaily, day),
    verification_target_everywhere: toTarget(
      'verification_target_everywhere',
      verificationsPerTargetEverywhere,
      15 * minute,
    ),
    verification_target_everywhere_daily: toTarget(
      'verification_target_everywhere_daily',
      verificationsPerTargetEverywhereDaily,
      day,
    ),
    confirmations: policy('confirmations', 'network', asked * confirmationsPerVerification),
    confirmation_failures: policy('confirmation_failures', 'network', confirmationFailuresPerNetwork),
  };
}

/** What the address of a request says about it, before anything else of it is read. */
export type RouteRule = {
  readonly class: RouteClass;
  /** Limits that are asked in this order; the first that refuses ends it. */
  readonly limits: readonly PolicyName[];
  /** What it cannot do without. Left out where the answer is in memory, or may be. */
  readonly uses?: Dependency;
  /** Its crowd is refused by event, when the request names one in `Event-Slug`. */
  readonly isOfEvent?: boolean;
};

type Row = RouteRule & { readonly methods: readonly string[]; readonly path: RegExp };

const anyMethod: readonly string[] = [];
const reading = ['GET', 'HEAD'];
const posting = ['POST'];

/** In order of importance; the first row that fits decides. */
const rows: readonly Row[] = [
  // What no route serves is not a callback: it is limited as anything else that is made up.
  { methods: ['GET', 'POST'], path: /^\/v1\/callbacks\/(?:midtrans|whatsapp)\/[^/]+$/, class: 0, limits: [] },
  // A browser's question before the request itself: cheap, and without its answer nothing else comes.
  { methods: ['OPTIONS'], path: /^\//, class: 1, limits: ['network'] },
  {
    methods: anyMethod,
    path: /^\/v1\/check-ins(?:\/|$)/,
    class: 1,
    limits: ['check_in', 'check_in_network'],
    uses: 'postgres_writes',
  },
  {
    methods: reading,
    path: /^\/v1\/events\/[^/]+\/(?:door-list$|check-ins\/)/,
    class: 1,
    limits: ['check_in', 'check_in_network'],
    uses: 'postgres_reads',
  },
  // Not counted as a request too: the limit on orders is the tighter one, and a second question to Redis would cost more than it says.
  {
    methods: posting,
    path: /^\/v1\/orders$/,
    class: 2,
    limits: ['orders'],
    uses: 'postgres_writes',
    isOfEvent: true,
  },
  {
    methods: posting,
    path: /^\/v1\/orders\/lookups$/,
    class: 4,
    limits: ['messages', 'network'],
    uses: 'postgres_reads',
  },
  // Nobody stands at the door for want of it: the mail has the tickets, and so has the page of the order.
  {
    methods: reading,
    path: /^\/v1\/orders\/[^/]+\/tickets\.pdf$/,
    class: 4,
    limits: ['documents', 'network'],
    uses: 'postgres_reads',
  },
  { methods: anyMethod, path: /^\/v1\/orders\//, class: 1, limits: ['network'], uses: 'postgres_reads' },
  { methods: posting, path: /^\/v1\/sessions$/, class: 2, limits: ['sign_in', 'network'], uses: 'postgres_reads' },
  {
    methods: posting,
    path: /^\/v1\/(?:password-resets|invitations)(?:\/|$)/,
    class: 4,
    limits: ['messages', 'network'],
    uses: 'postgres_reads',
  },
  // Not counted as requests too, for the same reason as orders.
  { methods: posting, path: /^\/v1\/buyers\/verifications$/, class: 3, limits: ['verifications'] },
  { methods: posting, path: /^\/v1\/buyers\/confirmations$/, class: 3, limits: ['confirmations'] },
  { methods: anyMethod, path: /^\/v1\/buyers\//, class: 3, limits: ['network'] },
  { methods: posting, path: /^\/v1\/events\/[^/]+\/queue\//, class: 3, limits: ['network'] },
  { methods: reading, path: /^\/v1\/events(?:\/|$)/, class: 4, limits: ['network'] },
  { methods: anyMethod, path: /^\/v1\//, class: 5, limits: ['credential', 'network'], uses: 'postgres_reads' },
  // The page of an order and what it loads: a buyer on the way to paying needs them as much as the order itself.
  { methods: reading, path: /^\/(?:orders|web)\//, class: 1, limits: ['network'] },
  { methods: reading, path: /^\//, class: 4, limits: ['network'] },
];

const otherwise: RouteRule = { class: 5, limits: ['network'] };

/** Decided by method and path alone. `path` must be decoded exactly as the router decodes it. */
export function ruleOf(method: string, path: string): RouteRule {
  for (const row of rows) {
    if ((row.methods === anyMethod || row.methods.includes(method)) && row.path.test(path)) return row;
  }
  return otherwise;
}
