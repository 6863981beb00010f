import type { Dependency } from './concurrency/dependencies.ts';
import { type PolicyName, wideOf } from './policies.ts';

/**
 * Who is refused first when there is too much: the highest class. 0 is callbacks and is never shed; 1 pays, reads an
 * order, or stands at the door; 2 places an order; 3 exchanges a place in the waiting room; 4 browses; 5 is the rest.
 */
export type RouteClass = 0 | 1 | 2 | 3 | 4 | 5;

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
const rows: readonly Row[] = withWideLimits([
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
]);

const otherwise: RouteRule = { class: 5, limits: ['network', 'network_wide'] };

/** Decided by method and path alone. `path` must be decoded exactly as the router decodes it. */
export function ruleOf(method: string, path: string): RouteRule {
  for (const row of rows) {
    if ((row.methods === anyMethod || row.methods.includes(method)) && row.path.test(path)) return row;
  }
  return otherwise;
}

/** Each limit per network is followed by the one on the networks around it. */
function withWideLimits(given: readonly Row[]): readonly Row[] {
  return given.map((row) => ({
    ...row,
    limits: row.limits.flatMap((name) => {
      const wide = wideOf(name);
      return wide === undefined ? [name] : [name, wide];
    }),
  }));
}
