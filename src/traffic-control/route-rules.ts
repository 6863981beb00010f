import type { BearerKind } from '../http/hot-path/hot-request.ts';
import { type PolicyName, wideOf } from './limits/policies.ts';

/**
 * Who is refused first when there is too much: the highest class. 0 is callbacks and is never shed; 1 pays, reads an
 * order, or stands at the door; 2 places an order; 3 exchanges a place in the waiting room; 4 browses; 5 is the rest.
 */
export type RouteClass = 0 | 1 | 2 | 3 | 4 | 5;

/** What a route needs most, and may be refused for. */
export type Dependency = 'postgres_writes' | 'postgres_reads';

/** What the route of a request says about it, before anything else of it is read. */
export type RouteRule = {
  readonly class: RouteClass;
  /** Limits that are asked in this order; the first that refuses ends it. */
  readonly limits: readonly PolicyName[];
  /** What it cannot do without. Left out where the answer is in memory, or may be. */
  readonly uses?: Dependency;
  /** The per-event limit applies to it, when the request names its event in `Event-Slug`. */
  readonly isOfEvent?: boolean;
  /** The class is for those who carry a credential of ours; everybody else is a stranger there. */
  readonly bearer?: BearerKind;
};

/** `route` is asked of templates (`/v1/orders/{id}`), of which there are no more than routes: never of an address. */
type Row = RouteRule & { readonly methods: readonly string[]; readonly route: RegExp };

const anyMethod: readonly string[] = [];
const reading = ['GET', 'HEAD'];
const posting = ['POST'];

/** In order of importance; the first row that fits decides. */
const rows: readonly Row[] = withWideLimits([
  { methods: anyMethod, route: /^\/v1\/callbacks\//, class: 0, limits: [] },
  {
    methods: anyMethod,
    route: /^\/v1\/check-ins(?:\/|$)/,
    class: 1,
    limits: ['check_in', 'check_in_network'],
    uses: 'postgres_writes',
    bearer: 'staff',
  },
  {
    methods: reading,
    route: /^\/v1\/events\/\{id\}\/(?:door-list$|check-ins\/)/,
    class: 1,
    limits: ['check_in', 'check_in_network'],
    uses: 'postgres_reads',
    bearer: 'staff',
  },
  // Not counted as a request too: the limit on orders is the tighter one, and a second question to Redis would cost more than it says.
  {
    methods: posting,
    route: /^\/v1\/orders$/,
    class: 2,
    limits: ['orders'],
    uses: 'postgres_writes',
    isOfEvent: true,
  },
  {
    methods: posting,
    route: /^\/v1\/orders\/lookups$/,
    class: 4,
    limits: ['messages', 'network'],
    uses: 'postgres_reads',
  },
  // Nobody stands at the door for want of it: the mail has the tickets, and so has the page of the order.
  {
    methods: reading,
    route: /^\/v1\/orders\/\{id\}\/tickets\.pdf$/,
    class: 4,
    limits: ['documents', 'network'],
    uses: 'postgres_reads',
    bearer: 'order',
  },
  {
    methods: anyMethod,
    route: /^\/v1\/orders\/\{id\}/,
    class: 1,
    limits: ['network'],
    uses: 'postgres_reads',
    bearer: 'order',
  },
  { methods: posting, route: /^\/v1\/sessions$/, class: 2, limits: ['sign_in', 'network'], uses: 'postgres_reads' },
  {
    methods: posting,
    route: /^\/v1\/(?:password-resets|invitations)(?:\/|$)/,
    class: 4,
    limits: ['messages', 'network'],
    uses: 'postgres_reads',
  },
  // Not counted as requests too, for the same reason as orders.
  { methods: posting, route: /^\/v1\/buyers\/verifications$/, class: 3, limits: ['verifications'] },
  { methods: posting, route: /^\/v1\/buyers\/confirmations$/, class: 3, limits: ['confirmations'] },
  // A form that shows how a number was understood: nobody is kept from ordering for want of it.
  { methods: posting, route: /^\/v1\/buyers\/phone-readings$/, class: 4, limits: ['network'] },
  { methods: anyMethod, route: /^\/v1\/buyers\//, class: 3, limits: ['network'] },
  { methods: posting, route: /^\/v1\/events\/\{slug\}\/queue\//, class: 3, limits: ['network'] },
  { methods: reading, route: /^\/v1\/events(?:\/|$)/, class: 4, limits: ['network'] },
  { methods: anyMethod, route: /^\/v1\//, class: 5, limits: ['credential', 'network'], uses: 'postgres_reads' },
  // The page of an order and what it loads: a buyer on the way to paying needs them as much as the order itself.
  { methods: reading, route: /^\/(?:orders|web)\//, class: 1, limits: ['network'] },
  { methods: reading, route: /^\//, class: 4, limits: ['network'] },
]);

/** Of whatever no route serves. */
const unrouted: RouteRule = { class: 5, limits: ['network', 'network_wide'] };

/**
 * Of whoever has no credential of ours where a route asks for one: it is answered after everybody else, and limited apart
 * from those who share the network and have one.
 */
export const strangers: RouteRule = {
  class: 5,
  limits: ['credential_failures', 'credential_failures_wide', 'network', 'network_wide'],
};

const known = new Map<string, RouteRule>();

/**
 * Decided by the route alone, which the router has found: an address that only looks like one has no class but the
 * lowest.
 * @param route the template of the route; undefined when no route serves the request
 */
export function ruleOf(method: string, route: string | undefined): RouteRule {
  if (route === undefined) return unrouted;
  const key = `${method} ${route}`;
  const rule = known.get(key) ?? rows.find((row) => fits(row, method, route)) ?? unrouted;
  known.set(key, rule);
  return rule;
}

function fits({ methods, route }: Row, method: string, template: string): boolean {
  return (methods === anyMethod || methods.includes(method)) && route.test(template);
}

/**
 * Of a browser's question before the request itself, by the route of that request: it is as important, though never as
 * important as a callback, which no browser sends.
 */
export function preflightRuleOf(method: string, route: string | undefined): RouteRule {
  if (route === undefined) return unrouted;
  const routeClass = ruleOf(method, route).class;
  return { class: routeClass === 0 ? 5 : routeClass, limits: unrouted.limits };
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
