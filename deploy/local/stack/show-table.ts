import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder, repositoryFolder } from '../places.ts';
import type { Watched } from '../observe/ask-prometheus.ts';
import type { Services } from '../services/start-services.ts';
import type { Running } from './bring-up.ts';
import type { Plan } from './plan.ts';

type Row = readonly [what: string, where: string, note: string];

/** One table for the person who started it: what runs where, how to sign in, what to open. */
export function showTable(plan: Plan, { services, watched }: Running, secondsTaken: number): string {
  const rows = [
    ...(plan.servicesOnly ? [] : productRows(plan)),
    ...serviceRows(plan, services),
    ...(watched === undefined ? [] : observerRows(plan, watched)),
  ];
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const lines = rows.map(
    (row) =>
      `  ${row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}`,
  );
  const headline = plan.servicesOnly ? 'The services of antre run' : 'antre runs';
  return [
    '',
    `${headline} (ready after ${secondsTaken.toFixed(1)} s). ${plan.detached ? '`npm stop`' : 'Ctrl-C'} stops it.`,
    '',
    ...lines,
    '',
    ...nextSteps(plan),
  ].join('\n');
}

function productRows({ apiProcesses, dev, edge, ports }: Plan): readonly Row[] {
  const last = ports.operations + apiProcesses - 1;
  const range = apiProcesses === 1 ? `${ports.operations}` : `${ports.operations}-${last}`;
  const edgeRow: Row = ['edge', `http://localhost:${ports.edge}`, 'nginx: limits, and a cache for public reads'];
  return [
    ...(edge ? [edgeRow] : []),
    [
      'API',
      `http://localhost:${ports.api}`,
      `${apiProcesses} ${apiProcesses === 1 ? 'process' : 'processes'}; operations on ${range}`,
    ],
    ['worker', `http://127.0.0.1:${ports.workerOperations}`, 'operations only'],
    ['sandbox', `http://localhost:${ports.sandbox}`, `payments, inbox, messages; SMTP on ${ports.smtp}`],
    ...(dev ? [inspectorRow(ports.inspector, apiProcesses)] : []),
  ];
}

function inspectorRow(first: number, apiProcesses: number): Row {
  const ofApi = apiProcesses === 1 ? `${first + 2}` : `${first + 2}-${first + 1 + apiProcesses}`;
  return ['inspectors', `127.0.0.1:${first}`, `of the worker; sandbox ${first + 1}, API ${ofApi}. Restarts on change`];
}

function serviceRows({ external, servicePorts }: Plan, { addresses }: Services): readonly Row[] {
  const where = (url: string) => new URL(url).host;
  return [
    external.databaseUrl === undefined
      ? (['Postgres', `127.0.0.1:${servicePorts.postgres}`, 'database antre'] as const)
      : (['Postgres', where(addresses.databaseDirectUrl), 'yours'] as const),
    ...(external.databaseUrl === undefined
      ? [['PgBouncer', `127.0.0.1:${servicePorts.pgbouncer}`, 'transaction mode'] as const]
      : []),
    ['Redis, cache', where(addresses.redisCacheUrl), external.redisCacheUrl === undefined ? 'may evict' : 'yours'],
    ['Redis, queue', where(addresses.redisQueueUrl), external.redisQueueUrl === undefined ? 'never evicts' : 'yours'],
    ['data and logs', dataFolder, 'addresses with passwords in environment.json'],
  ];
}

function observerRows({ observerPorts }: Plan, { targets, down, rules }: Watched): readonly Row[] {
  const missing = down.length === 0 ? '' : `; down: ${down.join(', ')}`;
  return [
    [
      'Prometheus',
      `http://localhost:${observerPorts.prometheus}`,
      `${targets - down.length} of ${targets} targets up, ${rules} rules loaded${missing}`,
    ],
    ['Alertmanager', `http://localhost:${observerPorts.alertmanager}`, 'alerts by mail and WhatsApp, into the sandbox'],
  ];
}

function nextSteps({ servicesOnly, demo, edge, ports }: Plan): readonly string[] {
  if (servicesOnly) return [];
  const api = `http://localhost:${edge ? ports.edge : ports.api}`;
  const story = existsSync(join(repositoryFolder, 'loadtest/demo.ts'))
    ? ['  whole story  npm run demo   (in another terminal)']
    : [];
  const signIn = demo
    ? ['  sign in      staff@demo.test (door), owner@demo.test (organiser); password demo-password-please-change']
    : ['  demo data    none: your database is not on this machine; --demo puts them in'];
  return [
    ...signIn,
    `  open next    ${api} (storefront)   ${api}/door   ${api}/docs   http://localhost:${ports.sandbox} (inbox, payments)`,
    ...story,
    '',
  ];
}
