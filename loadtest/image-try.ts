import { execFileSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../deploy/local/host/ports.ts';
import { dataFolder } from '../deploy/local/places.ts';
import { discardData } from '../deploy/local/services/discard-data.ts';
import { type Services, startServices } from '../deploy/local/services/start-services.ts';
import { openDb } from '../src/platform/database/db.ts';
import { createEvent, someBuyer } from '../testkit/factories.ts';
import { until } from '../testkit/until.ts';
import { endOnSignal, isInterrupted, runCommand } from './bench/harness/interruption.ts';
import { type Image, type ImageBuilder, openImageBuilder } from './image-try/build-image.ts';
import { type Environment, type ImageRunner, type RunningProgram, openImageRunner } from './image-try/run-image.ts';
import { takeNoArguments } from '../deploy/local/no-arguments.ts';

/**
 * `npm run image:try`, as root: builds `deploy/Dockerfile` with buildah, from a Debian that mmdebstrap makes in place
 * of Docker's image of Node. Runs migration, API and worker of the image as `deploy/compose.yaml` does, with a
 * read-only disk and without capabilities, and buys a ticket. Exits with 1 at the first broken promise. Deletes
 * everything at the end.
 */
const folder = join(dataFolder, `image-try-${process.pid}`);
const readyWithinMs = 60_000;
/** Tools that an intruder in a program would look for. */
const tools = ['gcc', 'cc', 'make', 'git', 'python3', 'curl', 'wget', 'npm', 'npx', 'yarn', 'corepack'];
/** Folders of the image that are writable by others than root where the disk is not read-only. */
const writable = ['/tmp', '/var/tmp', '/run/lock', '/home/node', '/files'];
/** Files of apt's own user, for its downloads. */
const ofApt = ['/var/cache/apt/archives/partial', '/var/lib/apt/lists/partial'];
const tried = ['/', '/app', '/etc', '/home/node', '/var/tmp', '/tmp', '/files'];

const began = performance.now();
const report = (line: string) =>
  process.stdout.write(`${((performance.now() - began) / 1000).toFixed(1).padStart(7)} s  ${line}\n`);

function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

function lookAtFiles({ root, user, command }: Image): void {
  must(user === 'node', `the image runs as "${user}"`);
  must(command[0] === 'node' && command.at(-1) === 'api.mjs', `the image runs ${command.join(' ')}`);
  const found = tools.filter((name) =>
    ['bin', 'sbin', 'usr/bin', 'usr/sbin', 'usr/local/bin'].some((place) => existsSync(join(root, place, name))),
  );
  must(found.length === 0, `the image has tools: ${found.join(', ')}`);
  const others = ['(', '-not', '-user', 'root', '-o', '-perm', '-o+w', ')', '-not', '-type', 'l', '-printf', '/%P\\n'];
  const withoutDevices = [root, '-path', join(root, 'dev'), '-prune', '-o', ...others];
  const open = execFileSync('find', withoutDevices, { encoding: 'utf8' }).trim().split('\n');
  const more = open.filter(
    (path) => ![...writable, ...ofApt].some((place) => path === place || path.startsWith(`${place}/`)),
  );
  must(more.length === 0, `others than root may change ${more.slice(0, 5).join(', ')}`);
  const megabytes = (place: string) =>
    Math.round(Number(execFileSync('du', ['-sk', join(root, place)], { encoding: 'utf8' }).split('\t')[0]) / 1024);
  report(
    `${megabytes('.')} MB, of these ${megabytes('app')} in /app; no tools, nothing writable but ${writable.join(', ')}`,
  );
}

async function lookAtDisk(runner: ImageRunner): Promise<void> {
  const script = `for (const place of ${JSON.stringify(tried)})
    try { require('node:fs').writeFileSync(place + '/x', ''); console.log(place); } catch {}`;
  const places = (await runner.run(['node', '-e', script], {})).trim().split(/\s+/);
  must(places.join(' ') === '/tmp /files', `writable while it runs: ${places.join(' ')}`);
  report('while it runs, /tmp and /files are writable, and nothing else');
}

function environmentOf({ addresses }: Services, ports: { port: number; operationsPort: number }): Environment {
  const secret = () => randomBytes(32).toString('hex');
  const names = ['JWT_SECRET', 'ORDER_TOKEN_SECRET', 'QUEUE_TOKEN_SECRET', 'HASH_SECRET', 'ENCRYPTION_KEY'];
  return {
    ...Object.fromEntries([...names, 'OPERATIONS_TOKEN'].map((name) => [name, secret()])),
    HOST: '127.0.0.1',
    PORT: String(ports.port),
    OPERATIONS_PORT: String(ports.operationsPort),
    PUBLIC_URL: 'https://tickets.example',
    SMTP_URL: 'smtps://mail.example',
    MAIL_FROM: 'antre <tickets@tickets.example>',
    DATABASE_URL: addresses.databaseUrl,
    REDIS_CACHE_URL: addresses.redisCacheUrl,
    REDIS_QUEUE_URL: addresses.redisQueueUrl,
    FILES_DIR: '/files',
    LOG_LEVEL: 'warn',
  };
}

async function startReady(
  runner: ImageRunner,
  command: readonly string[],
  environment: Environment,
): Promise<RunningProgram> {
  const program = await runner.start(command, environment);
  const file = command.at(-1) ?? '';
  const { Uid, CapEff, CapBnd, NoNewPrivs } = program.status;
  const isClosed = /^1000\s/.test(Uid ?? '') && /^0+$/.test(`${CapEff}${CapBnd}`) && NoNewPrivs === '1';
  must(isClosed, `${file} runs with Uid ${Uid}, CapEff ${CapEff}, CapBnd ${CapBnd}, NoNewPrivs ${NoNewPrivs}`);
  const address = `http://127.0.0.1:${environment['OPERATIONS_PORT']}/readyz`;
  await until(async () => (await fetch(address).catch(() => undefined))?.ok === true, readyWithinMs).catch(() => {
    throw new Error(`${file} is not ready:\n${program.said()}`);
  });
  report(`${file} is ready, as user 1000 without capabilities`);
  return program;
}

/**
 * A free order, which is paid at once, and its tickets as PDF: for these the image needs its packages, fonts and helper
 * process.
 */
async function buyTicket(url: string, databaseUrl: string): Promise<void> {
  const limits = { poolSize: 1, acquireTimeoutMs: 5000, callTimeoutMs: 5000, prepare: false };
  const { db, close } = openDb({ url: databaseUrl, name: 'image-try', ...limits });
  const event = await createEvent(db, { categories: [{ price: 0 }] });
  await close();
  const lines = [{ ticketCategoryId: event.categories[0]?.id, quantity: 2 }];
  const placed = await fetch(`${url}/v1/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: JSON.stringify({ eventSlug: event.slug, buyer: someBuyer(), lines }),
  });
  const order = (await placed.json()) as { id: string; status: string; accessToken: string };
  must(placed.status === 201 && order.status === 'paid', `the order: ${placed.status} ${JSON.stringify(order)}`);
  const pdf = await fetch(`${url}/v1/orders/${order.id}/tickets.pdf`, {
    headers: { authorization: `Bearer ${order.accessToken}` },
  });
  const bytes = Buffer.from(await pdf.arrayBuffer());
  must(pdf.status === 200 && bytes.subarray(0, 5).toString() === '%PDF-', `the tickets: ${pdf.status}`);
  report(`an order is placed and paid, and its tickets are a PDF of ${Math.round(bytes.length / 1024)} kB`);
}

async function runPrograms(runner: ImageRunner, image: Image, services: Services): Promise<void> {
  await lookAtDisk(runner);
  const { databaseDirectUrl, databaseUrl } = services.addresses;
  await runner.run(['node', 'drizzle/migrate.mjs'], { DATABASE_DIRECT_URL: databaseDirectUrl });
  report('the migration has run');
  const ports = { port: await freePort(), operationsPort: await freePort() };
  const environment = environmentOf(services, ports);
  const api = await startReady(runner, image.command, environment);
  const workerCommand = [...image.command.slice(0, -1), 'worker.mjs'];
  const workerPort = String(await freePort());
  const worker = await startReady(runner, workerCommand, { ...environment, OPERATIONS_PORT: workerPort });
  await runner.run(image.healthcheck, environment);
  await buyTicket(`http://127.0.0.1:${ports.port}`, databaseUrl);
  for (const [name, program] of Object.entries({ 'api.mjs': api, 'worker.mjs': worker })) {
    const code = await program.stop();
    must(code === 0, `${name} ended with ${code} after SIGTERM:\n${program.said()}`);
  }
  report('the health check succeeds, and both programs end by SIGTERM');
}

async function main(): Promise<void> {
  must(process.getuid?.() === 0, 'containers without Docker need root on Linux: run the command as root');
  let builder: ImageBuilder | undefined;
  let services: Services | undefined;
  let runner: ImageRunner | undefined;
  const clearUp = async () => {
    await runner?.close();
    await services?.stop();
    await discardData(join(folder, 'services'));
    await builder?.close();
  };
  const forget = endOnSignal(clearUp);
  try {
    builder = await openImageBuilder(folder);
    await builder.makeBase();
    report('a Debian with Node');
    const image = await builder.build();
    report('the image is built');
    lookAtFiles(image);
    services = await startServices({ dataFolder: join(folder, 'services'), ports: 'free', durable: false });
    runner = await openImageRunner(image, join(folder, 'files'));
    await runPrograms(runner, image, services);
  } finally {
    if (!isInterrupted()) await clearUp();
    forget();
  }
}

takeNoArguments('image:try', 'Builds and tries the image of deploy/Dockerfile. Needs root.');
runCommand(main);
