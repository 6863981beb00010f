import type { BearerKind } from '../http/hot-path/hot-request.ts';
import { type PolicyName, wideOf } from './limits/policies.ts';

/**
 * The highest class is refused first. 0: callbacks, never shed. 1: paying, reading an order, scanning at the door. 2:
 * placing an order. 3: exchanging a place of the waiting room. 4: browsing. 5: everything else.
 */
export type RouteClass = 0 | 1 | 2 | 3 | 4 | 5;
/** The labels of the classes in metrics. */
export const classNames = ['C0', 'C1', 'C2', 'C3', 'C4', 'C5'] as const;

/** The dependency that a route needs most. It may be refused when this one is overloaded. */
export type Dependency = 'postgres_writes' | 'postgres_reads';

/** What the route of a request decides, before anything else of the request is read. */
export type RouteRule = {
  readonly class: RouteClass;
  /** Checked in this order; the first refusal ends it. */
  readonly limits: readonly PolicyName[];
  /** Omitted where the answer is, or may be, in memory. */
  readonly uses?: Dependency;
  /** The per-event limit applies to it, when the request names its event in `Event-Slug`. */
  readonly isOfEvent?: boolean;
  /** The class is for requests with a credential of ours; all others are strangers there. */
  readonly bearer?: BearerKind;
};

/**
 * `route` is matched against templates (`/v1/orders/{id}`), never against an address. There are no more templates than
 * routes.
 */
type Row = RouteRule & { readonly methods: readonly string[]; readonly route: RegExp };

const anyMethod: readonly string[] = [];
const reading = ['GET', 'HEAD'];
const posting = ['POST'];

/** In order of importance; the first matching row decides. */
const rows: readonly Row[] = withWideLimits([
  { methods: anyMethod, route: /^\/v1\/callbacks\//, class: 0, limits: [] },
  // Live streams are refused before other reads: a client without a stream polls instead.
  { methods: reading, route: /^\/v1\/orders\/\{id\}\/stream$/, class: 3, limits: ['streams'], bearer: 'order' },
  { methods: reading, route: /\/check-ins\/stream$/, class: 3, limits: ['streams'], bearer: 'staff' },
  { methods: reading, route: /^\/v1\/organizers\/.*\/sales\/stream$/, class: 4, limits: ['streams'], bearer: 'staff' },
  { methods: reading, route: /^\/v1\/events\/\{slug\}\/stream$/, class: 4, limits: ['streams'] },
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
  {
    methods: posting,
    route: /^\/v1\/events\/\{id\}\/guest-searches$/,
    class: 1,
    limits: ['check_in', 'check_in_network'],
    uses: 'postgres_reads',
    bearer: 'staff',
  },
  // A phone at the door asks this first.
  {
    methods: reading,
    route: /^\/v1\/sessions\/current$/,
    class: 1,
    limits: ['credential', 'network'],
    uses: 'postgres_reads',
    bearer: 'staff',
  },
  // Not counted as a request too: the limit on orders is tighter, and a second Redis call would cost more than it
  // tells.
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
  // Nobody is stopped at the door without it: the mail and the page of the order have the tickets.
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
  {
    methods: reading,
    route: /^\/v1\/tickets\/\{ticketId\}\/ticket\.pdf$/,
    class: 4,
    limits: ['documents', 'network'],
    uses: 'postgres_reads',
    bearer: 'ticket',
  },
  {
    methods: anyMethod,
    route: /^\/v1\/tickets\/\{ticketId\}/,
    class: 1,
    limits: ['network'],
    uses: 'postgres_reads',
    bearer: 'ticket',
  },
  { methods: posting, route: /^\/v1\/organizers$/, class: 5, limits: ['sign_ups', 'network'], uses: 'postgres_reads' },
  { methods: posting, route: /^\/v1\/sessions$/, class: 2, limits: ['sign_in', 'network'], uses: 'postgres_reads' },
  {
    methods: posting,
    route: /^\/v1\/(?:password-resets|invitations)(?:\/|$)/,
    class: 4,
    limits: ['messages', 'network'],
    uses: 'postgres_reads',
  },
  {
    methods: posting,
    route: /^\/v1\/report-downloads$/,
    class: 5,
    limits: ['documents', 'network'],
    uses: 'postgres_reads',
  },
  // Not counted as requests too, for the reason given at orders.
  { methods: posting, route: /^\/v1\/buyers\/verifications$/, class: 3, limits: ['verifications'] },
  { methods: posting, route: /^\/v1\/buyers\/confirmations$/, class: 3, limits: ['confirmations'] },
  // A form that shows how a number was understood. Nobody needs it to order.
  { methods: posting, route: /^\/v1\/buyers\/phone-readings$/, class: 4, limits: ['network'] },
  { methods: anyMethod, route: /^\/v1\/buyers\//, class: 3, limits: ['network'] },
  { methods: posting, route: /^\/v1\/events\/\{slug\}\/queue\//, class: 3, limits: ['network'] },
  {
    methods: posting,
    route: /^\/v1\/events\/\{slug\}\/waiting-list$/,
    class: 4,
    limits: ['messages', 'network'],
    uses: 'postgres_reads',
  },
  {
    methods: anyMethod,
    route: /^\/v1\/waiting-list\//,
    class: 3,
    limits: ['network'],
    uses: 'postgres_reads',
    bearer: 'waiting',
  },
  // The order itself says the price, too.
  {
    methods: posting,
    route: /^\/v1\/events\/\{slug\}\/quotes$/,
    class: 4,
    limits: ['network'],
    uses: 'postgres_reads',
  },
  { methods: reading, route: /^\/v1\/events(?:\/|$)/, class: 4, limits: ['network'] },
  { methods: anyMethod, route: /^\/v1\//, class: 5, limits: ['credential', 'network'], uses: 'postgres_reads' },
  // Pages and forms of the desk. What they ask of the API has its own rule.
  { methods: anyMethod, route: /^\/desk(?:\/|$)/, class: 4, limits: ['network'] },
  // Looked at when other requests are refused.
  { methods: reading, route: /^\/status\.json$/, class: 1, limits: ['network'] },
  // The page of an order and its files: buyers on the way to paying need them as much as the order itself.
  { methods: reading, route: /^\/(?:orders|tickets|waiting-list|(?:door\/)?web)\//, class: 1, limits: ['network'] },
  // A client that reads no compression is sent a megabyte.
  {
    methods: reading,
    route: /^\/(?:openapi\.json|sitemap\.xml|docs\/\{asset\})$/,
    class: 4,
    limits: ['documents', 'network'],
  },
  { methods: reading, route: /^\//, class: 4, limits: ['network'] },
]);

/** The rule of a request that no route serves. */
const unrouted: RouteRule = { class: 5, limits: ['network', 'network_wide'] };

/**
 * The rule of a request without a credential of ours, on a route that asks for one. It is served after all others. Its
 * limits are apart from those of valid requests from the same network.
 */
export const strangers: RouteRule = {
  class: 5,
  limits: ['credential_failures', 'credential_failures_wide', 'network', 'network_wide'],
};

const known = new Map<string, RouteRule>();

/**
 * Decided by the route that the router has found. An address that only looks like a route has the lowest class.
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
 * The rule of a preflight request, by the route of the request that follows: equally important, but never as important
 * as a callback, which no browser sends.
 */
export function preflightRuleOf(method: string, route: string | undefined): RouteRule {
  if (route === undefined) return unrouted;
  const routeClass = ruleOf(method, route).class;
  return { class: routeClass === 0 ? 5 : routeClass, limits: unrouted.limits };
}

/** Adds to each limit per network the limit on the wider network. */
function withWideLimits(given: readonly Row[]): readonly Row[] {
  return given.map((row) => ({
    ...row,
    limits: row.limits.flatMap((name) => {
      const wide = wideOf(name);
      return wide === undefined ? [name] : [name, wide];
    }),
  }));
}
