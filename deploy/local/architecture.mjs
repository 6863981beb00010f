/** The import rules of `docs/architecture.md`, for dependency-cruiser (`npm run check`). Type-only imports count too. */

const rooms =
  '^src/(access|catalog|traffic-control|orders|waiting-room|payments|check-in|notifications|reports|live|desk|web)/';
const shared = ['platform', 'http', 'access'];

/** What each room may import besides itself. A folder that is not listed here fails `only known rooms`. */
const mayImport = {
  platform: [],
  client: [],
  http: ['platform'],
  access: ['platform', 'http'],
  catalog: shared,
  'traffic-control': shared,
  orders: [...shared, 'catalog'],
  'waiting-room': [...shared, 'catalog'],
  payments: [...shared, 'catalog', 'orders'],
  'check-in': [...shared, 'catalog', 'orders'],
  notifications: [...shared, 'catalog', 'orders'],
  reports: [...shared, 'catalog', 'orders', 'payments', 'check-in', 'notifications'],
  live: [...shared, 'catalog', 'orders', 'payments', 'check-in'],
  desk: [...shared, 'catalog', 'orders', 'payments', 'check-in', 'notifications', 'waiting-room'],
  web: [...shared, 'client', 'catalog', 'orders'],
};

/** What a room may import that stands in no room. The desk is a client of the API, typed by its routes. */
const rootFiles = (room) => (room === 'web' ? '(config|api-routes)\\.ts$' : 'config\\.ts$');

/** Files through which a room is entered from outside: its index, and what it publishes. */
const doors =
  '/(index|tables|jobs|errors|schemas|actor|actors|middleware|audit|order-token|order-access|credential|buyer-key|buyer-token|ticket-token|waiting-token|ticket-code|group-ticket-code)\\.ts$';

/** Folders of the repository, lowest first: each may import those before it that it lists. */
const folders = {
  src: [],
  sandbox: [],
  workers: ['src'],
  drizzle: ['src', 'sandbox'],
  deploy: ['src', 'sandbox'],
  testkit: ['src', 'workers', 'drizzle', 'deploy', 'sandbox'],
  loadtest: ['src', 'drizzle', 'deploy', 'sandbox', 'testkit'],
};
const everyFolder = [...Object.keys(folders), 'test'];

const libraryOnlyIn = (name, library, allowed) => ({
  name,
  severity: 'error',
  from: { path: '^(src|workers)/', pathNot: allowed },
  to: { path: `^node_modules/(${library})(/|$)` },
});

export default {
  forbidden: [
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'only known rooms',
      severity: 'error',
      from: {},
      to: { path: '^src/[^/]+/', pathNot: `^src/(cli|compose|${Object.keys(mayImport).join('|')})/` },
    },
    ...Object.entries(mayImport).map(([room, others]) => ({
      name: `${room} imports only ${others.join(', ') || 'itself'}`,
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: { path: '^(src|workers)/', pathNot: `^src/(${rootFiles(room)}|(${[room, ...others].join('|')})/)` },
    })),
    {
      name: 'rooms are entered by their doors',
      severity: 'error',
      from: { path: '^src/([^/]+)/', pathNot: '^src/(cli|compose)/' },
      to: { path: rooms, pathNot: [`^src/$1/`, doors] },
    },
    ...Object.entries(folders).map(([folder, others]) => ({
      name: `${folder} imports only ${others.join(', ') || 'itself'}`,
      severity: 'error',
      from: { path: `^${folder}/` },
      to: { path: `^(${everyFolder.filter((name) => name !== folder && !others.includes(name)).join('|')})/` },
    })),
    libraryOnlyIn(
      'only edges know Hono',
      'hono|@hono/node-server',
      // Mails are HTML, too: templates use `hono/html`.
      '^src/(http|web)/|^src/notifications/templates/|^src/app\\.ts$|/[a-z-]*(routes|middleware|order-access)\\.ts$',
    ),
    {
      ...libraryOnlyIn('routes, schemas and presentation know no SQL', 'drizzle-orm', '^$'),
      from: { path: '^src/.*/([a-z-]*routes|[a-z-]*schemas|present[a-z-]*|errors|jobs|metrics|index)\\.ts$' },
    },
    libraryOnlyIn('BullMQ lives in workers', 'bullmq', '^workers/'),
    libraryOnlyIn('OpenTelemetry lives in the tracing of the platform', '@opentelemetry', '^src/platform/tracing/'),
    libraryOnlyIn('the driver of Postgres lives in the platform', 'postgres', '^src/platform/'),
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    // TypeScript 7 has no parser for programs; swc reads the same syntax.
    parser: 'swc',
  },
};
