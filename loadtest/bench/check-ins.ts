import { hash, randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { newCredential } from '../../src/access/credentials/credential.ts';
import { rowsOf } from '../../src/platform/database/db.ts';
import { newId } from '../../src/platform/ids.ts';
import { encodeBase32 } from '../../src/platform/text/base32.ts';
import { type TestEvent, createEvent } from '../../testkit/factories.ts';
import { type AnswerCount, countAnswers } from './harness/count-answers.ts';
import { auditFaults } from './harness/audit.ts';
import { insertTickets, ticketsPerOrder } from './fill/bulk-orders.ts';
import { type Load, against } from './harness/measure.ts';
import { type BenchOptions, warmupSeconds } from './harness/options.ts';
import { fixedControl, hotCategory, measureOn } from './load/order-load.ts';
import { networkAddress } from './load/order-requests.ts';
import type { BenchReport, Measurement } from './harness/report.ts';
import type { Answer } from '../generator/connection.ts';
import { closedLoop } from '../generator/closed-loop.ts';
import { openLoop } from '../generator/open-loop.ts';
import { type LoadResult, successOf } from '../generator/tally.ts';
import { achievedMin, p95MsBelow, refusedShareMax } from './surge/ladder.ts';
import { stackFacts } from './harness/server-figures.ts';
import { type BenchStack, say, startBenchStack } from './harness/stack.ts';
import { benchEncryptionKey } from './harness/api-environment.ts';

const connections = 128;
const ticketsPerSecond = 25_000;
/** Limits for the bench: 200 scans per second and device, and ten times the usual limit per network. */
const devices = 200;
/** As at three or four gates of a large venue. */
const doorPerSecond = 150;
const doorConnections = 64;
/** The door sends few scans a second, so a p99 of them takes longer: 4,500 scans in each run by default. */
const doorSecondsPerSecond = 6;
const saleConnections = 64;
const heldSaleConnections = 512;
/** Of the rate that buyers without a pause reach: the first one that is held counts. */
const saleShares = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4];
/** A guest sees no difference up to here. Nearly every scan is answered so. */
const besideHeldBar = { perSecondMin: 0.99 * doorPerSecond, p99MsBelow: 300 };
/** An open loop may send some more than it counts. */
const spareTickets = 2;
const hour = 3_600_000;

/** Check-ins at one event, each with its own ticket, from 200 devices. */
export async function benchCheckIns(options: BenchOptions): Promise<BenchReport> {
  const stack = await startBenchStack('check-ins', options);
  const faults: string[] = [];
  const prepare = () => scanLoad(stack, options);
  try {
    const control = await measureOn(stack, {
      name: '  control: one call and one commit per scan',
      api: fixedControl.api,
      connections: fixedControl.connections,
      options,
      faults,
      prepare,
    });
    const ours = await measureOn(stack, {
      name: 'check-ins, each its own ticket',
      api: {},
      connections,
      options,
      faults,
      prepare,
    });
    const rates: number[] = [];
    const beside = await besideOnSale(stack, options, faults, {
      name: `check-ins at ${doorPerSecond}/s beside an on-sale without a pause`,
      onSold: ({ perSecond }) => rates.push(perSecond),
    });
    const held = await besideHeldSale(stack, options, faults, Math.max(...rates));
    return {
      measurements: [against(control, ours, { perSecondMin: 5000, p99MsBelow: 100 }), control, beside, ...held],
      faults: [...faults, ...(await auditFaults(stack))],
      facts: {
        ...(await stackFacts(stack)),
        connections,
        devices,
        'beside an on-sale': `${doorPerSecond} scans/s offered; ${saleConnections} connections of buyers without a pause, then the highest of ${saleShares.join(', ')} of their rate that is held`,
        control: fixedControl.said,
      },
    };
  } finally {
    await stack.close();
  }
}

type Sale = {
  readonly name: string;
  /** Orders per second, as they are due. Undefined: as fast as they are answered. */
  readonly offeredPerSecond?: number;
  /** Told what came of the orders of each run. */
  readonly onSold: (sold: LoadResult) => void;
};

/**
 * A busy door while another event goes on sale: scans are sent when they are due. The duration of a scan is the result, so the rate is the
 * offered one.
 */
function besideOnSale(stack: BenchStack, options: BenchOptions, faults: string[], sale: Sale): Promise<Measurement> {
  const { name, offeredPerSecond, onSold } = sale;
  const longer = { ...options, seconds: options.seconds * doorSecondsPerSecond };
  return measureOn(stack, {
    name,
    api: {},
    connections: doorConnections,
    options: longer,
    faults,
    middleBy: 'p99Ms',
    prepare: () => scanLoad(stack, longer, doorPerSecond * spareTickets),
    drive: async (scans) => {
      const { check, ...orders } = await hotCategory(stack);
      const { to, seconds } = scans;
      const buyers = { ...orders, to, seconds, warmupSeconds };
      const [ofScans, ofOrders] = await Promise.all([
        openLoop({ ...scans, offeredPerSecond: doorPerSecond }),
        offeredPerSecond === undefined
          ? closedLoop({ ...buyers, connections: saleConnections })
          : openLoop({ ...buyers, connections: heldSaleConnections, offeredPerSecond }),
      ]);
      say(
        `  beside them ${Math.round(ofOrders.perSecond)} orders/s, p95 ${ofOrders.latencies.percentile(0.95)} ms ${JSON.stringify(ofOrders.statuses)}`,
      );
      faults.push(...((await check?.()) ?? []).map((fault) => `the on-sale beside check-ins: ${fault}`));
      onSold(ofOrders);
      return ofScans;
    },
  });
}

/** The same while the on-sale has the highest rate that is held beside the door. */
async function besideHeldSale(
  stack: BenchStack,
  options: BenchOptions,
  faults: string[],
  mostPerSecond: number,
): Promise<Measurement[]> {
  for (const share of saleShares) {
    const offeredPerSecond = Math.floor(share * mostPerSecond);
    const sold: LoadResult[] = [];
    const measured = await besideOnSale(stack, options, faults, {
      name: `check-ins at ${doorPerSecond}/s beside an on-sale of ${offeredPerSecond} orders/s, which is held`,
      offeredPerSecond,
      onSold: (one) => sold.push(one),
    });
    if (sold.every((one) => isHeld(one, offeredPerSecond))) return [{ ...measured, bar: besideHeldBar }];
  }
  faults.push('no rate of the on-sale was held beside the door');
  return [];
}

/** As the `surge` bench says it. */
function isHeld(result: LoadResult, offeredPerSecond: number): boolean {
  return (
    result.perSecond >= achievedMin * offeredPerSecond &&
    result.latencies.percentile(0.95) < p95MsBelow &&
    successOf(result) >= 1 - refusedShareMax
  );
}

/** Scans of unused tickets, by all devices of one event in turn. */
export async function scanLoad(stack: BenchStack, options: BenchOptions, perSecond = ticketsPerSecond): Promise<Load> {
  const secret = randomBytes(8).toString('hex');
  const orders = Math.ceil(((options.seconds + warmupSeconds) * perSecond) / ticketsPerOrder);
  const tickets = orders * ticketsPerOrder;
  const event = await doorEvent(stack, tickets, secret);
  const tokens = await addDevices(stack, event);
  let sent = 0;
  const isAdmitted = ({ status, body }: Answer) => status === 200 && body.includes('"admitted"');
  const admitted = countAnswers(isAdmitted);
  return {
    next: () => {
      const number = sent;
      sent += 1;
      const code = encodeBase32(hash('md5', `${secret} ${number}`, 'buffer'));
      const body = `{"eventId":"${event.id}","code":"${code}","scanId":"scan-${number}","gate":"North"}`;
      const device = number % devices;
      return `POST /v1/check-ins HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${tokens[device] ?? ''}\r\nx-forwarded-for: ${networkAddress(device)}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    },
    counts: isAdmitted,
    onAnswer: admitted.onAnswer,
    check: async () => [
      ...(sent > tickets ? ['the tickets ran out'] : []),
      ...(await compareWithRows(stack, event, admitted)),
    ],
  };
}

async function doorEvent(stack: BenchStack, tickets: number, secret: string): Promise<TestEvent> {
  say(`making ${tickets} tickets`);
  const now = Date.now();
  const times = {
    startsAt: new Date(now + hour),
    endsAt: new Date(now + 12 * hour),
    doorsOpenAt: new Date(now - hour),
  };
  const event = await createEvent(stack.open.db, {
    event: { ...times, ticketsPerOrderMax: ticketsPerOrder },
    categories: [{ capacity: tickets, price: 0, saleClosesAt: times.endsAt }],
  });
  await insertTickets(stack.owner.db, event, { count: tickets, secret });
  await stack.owner.db.execute(sql`vacuum (analyze) tickets`);
  return event;
}

async function addDevices(stack: BenchStack, event: TestEvent): Promise<string[]> {
  const made = Array.from({ length: devices }, () => newCredential('device', { ENCRYPTION_KEY: benchEncryptionKey }));
  const rows = made.map(
    ({ hash: tokenHash }, number) =>
      sql`(${newId('dev')}, ${event.organizer.id}, ${event.id}, ${`Device ${number}`}, decode(${tokenHash.toString('hex')}, 'hex'), 'bench', 'bench')`,
  );
  await stack.owner.db.execute(sql`
    insert into devices (id, organizer_id, event_id, name, token_hash, created_by, responsible_id) values ${sql.join(rows, sql`, `)}`);
  return made.map(({ text }) => text);
}

/** Checks that every `admitted` answer has one admission and one scan, and that there are no others. */
async function compareWithRows(stack: BenchStack, event: TestEvent, admitted: AnswerCount): Promise<string[]> {
  const [row] = await rowsOf<{ admissions: number; scans: number }>(
    stack.owner.db,
    sql`select (select count(*)::int from admissions where event_id = ${event.id}) as admissions,
               (select count(*)::int from scans where event_id = ${event.id} and result = 'admitted') as scans`,
  );
  const isCounted = admitted.explains([row?.admissions, row?.scans]);
  return isCounted ? [] : [`${admitted.said('admitted')}, but rows ${JSON.stringify(row)}`];
}
