/**
 * What an API key may do, by areas that an organiser knows. A key with scopes may call the operations of these areas,
 * as far as its role allows them, and no others. A key without scopes dates from before scopes existed: it may do
 * everything that its role may.
 */
export const keyScopes = [
  'sales.read',
  'orders.read',
  'orders.write',
  'refunds',
  'events.read',
  'events.write',
  'check_in',
  'messages',
  'reports',
  'webhooks',
  'team',
] as const;
export type KeyScope = (typeof keyScopes)[number];

/** The scopes in which the role door may call anything. */
export const doorScopes: readonly KeyScope[] = ['orders.read', 'check_in', 'events.read'];

type Rule = {
  readonly methods: 'reading' | 'any';
  readonly route: RegExp;
  /** One of these scopes is enough. */
  readonly scopes: readonly KeyScope[];
};

const ofOrganizer = (part: string) => new RegExp(`^/v1/organizers/:slug/(?:${part})$`);
const ofEvent = (part: string) => ofOrganizer(`events/:eventId/(?:${part})`);
const readsOrders: readonly KeyScope[] = ['orders.read', 'orders.write'];
const readsEvents: readonly KeyScope[] = ['events.read', 'events.write'];

/** The first matching rule decides. Operations that match none are closed to keys with scopes. */
const rules: readonly Rule[] = [
  // Each key may ask who it is.
  { methods: 'reading', route: /^\/v1\/sessions\/current$/, scopes: keyScopes },
  { methods: 'any', route: /^\/v1\/(?:check-ins|events\/:id\/(?:check-ins|door-list))(?:\/|$)/, scopes: ['check_in'] },
  { methods: 'reading', route: ofEvent('gates|zones|door-settings'), scopes: ['check_in', ...readsEvents] },
  { methods: 'reading', route: ofEvent('sales(?:/.*)?|waiting-list'), scopes: ['sales.read'] },
  {
    methods: 'reading',
    route: ofOrganizer('orders/:orderId/refunds|events/:eventId/refunds/summary'),
    scopes: ['refunds', ...readsOrders],
  },
  { methods: 'reading', route: ofOrganizer('orders/.*'), scopes: readsOrders },
  { methods: 'reading', route: ofEvent('orders|attendees'), scopes: readsOrders },
  // A search is a POST, so that names stay out of addresses.
  { methods: 'any', route: ofOrganizer('order-searches'), scopes: readsOrders },
  // Cancelling a paid order or calling an event off also gives money back.
  {
    methods: 'any',
    route: ofOrganizer('orders/:orderId/(?:refunds|refund-previews|cancellation)|tasks(?:/.*)?'),
    scopes: ['refunds'],
  },
  { methods: 'any', route: ofEvent('cancellation'), scopes: ['refunds'] },
  { methods: 'any', route: ofOrganizer('orders/.*'), scopes: ['orders.write'] },
  { methods: 'any', route: ofEvent('complimentary-orders'), scopes: ['orders.write'] },
  {
    methods: 'any',
    route: ofEvent(
      '(?:announcements|change-notices)(?:/.*)?|change-previews|message-settings|news-audience|deliveries/summary',
    ),
    scopes: ['messages'],
  },
  {
    methods: 'any',
    route: ofOrganizer('(?:message-texts|suppressions)(?:/.*)?|inbound-messages'),
    scopes: ['messages'],
  },
  { methods: 'any', route: ofOrganizer('report(?:s|-schedules)(?:/.*)?|personal-data'), scopes: ['reports'] },
  { methods: 'any', route: ofOrganizer('webhooks(?:/.*)?'), scopes: ['webhooks'] },
  { methods: 'any', route: ofOrganizer('(?:staff|devices)(?:/.*)?|audit-log'), scopes: ['team'] },
  { methods: 'reading', route: ofOrganizer('events(?:/.*)?|profile'), scopes: readsEvents },
  { methods: 'any', route: ofOrganizer('events(?:/.*)?|profile'), scopes: ['events.write'] },
];

/**
 * The scopes of which a key needs one for an operation; none if it is closed to keys with scopes.
 * @param path of the route, with its parameters as `:name`
 */
export function scopesOf(method: string, path: string): readonly KeyScope[] {
  const isReading = method === 'GET' || method === 'HEAD';
  return rules.find(({ methods, route }) => (methods === 'any' || isReading) && route.test(path))?.scopes ?? [];
}
