import { auditFaults } from '../harness/audit.ts';
import type { BenchOptions } from '../harness/options.ts';
import type { BenchReport } from '../harness/report.ts';
import { say, startBenchStack } from '../harness/stack.ts';
import { placeAll } from '../load/place-all.ts';
import { startGatewaySink } from '../load/start-gateway-sink.ts';
import { startMailSink } from '../load/start-mail-sink.ts';
import { startWorkers } from '../load/start-workers.ts';
import { type World, followOrders, openSale, payAfterMs, stageMeasured, stages } from './follow-orders.ts';

/** Orders for each second that was asked for. */
const ordersPerSecond = 200;
const killEveryMs = 5000;

/**
 * The worker is killed without warning every five seconds while orders are placed, paid and mailed, and another one starts.
 * Nothing may be missing. A mail may come twice where the mail server had it before the kill, and is counted.
 */
export async function benchWorkerKills(options: BenchOptions): Promise<BenchReport> {
  const stack = await startBenchStack('worker-kills', options);
  const [gateway, mails] = [await startGatewaySink(), await startMailSink()];
  try {
    const urls = { MIDTRANS_SNAP_URL: gateway.url, MIDTRANS_API_URL: gateway.url };
    const api = await stack.startApi({ environment: urls });
    const world: World = { stack, api, gateway, mails };
    const count = options.seconds * ordersPerSecond;
    const sale = await openSale(world, { events: 3, categories: 2, capacity: count });
    const start = async () =>
      (await startWorkers(stack, options, { count: 1, environment: { ...urls, SMTP_URL: mails.url } }))[0];

    let worker = await start();
    let kills = 0;
    let isOver = false;
    const killing = (async () => {
      while (!isOver) {
        await new Promise((resolve) => setTimeout(resolve, killEveryMs));
        if (isOver) break;
        process.kill(worker?.pid() ?? 0, 'SIGKILL');
        kills += 1;
        say(`killed the worker, ${kills} times so far`);
        worker = await start();
      }
    })();
    const placing = placeAll(api.port, count, sale.shapes);
    const followed = await followOrders(world, sale, count);
    isOver = true;
    await killing;
    const faults = [...(await placing), ...followed.faults];
    await worker?.stop();
    await api.stop();
    return {
      measurements: stages.map((stage) => stageMeasured('worker killed', stage, followed)),
      faults: [
        ...faults,
        ...(kills === 0 ? ['the worker was never killed: more orders are needed'] : []),
        ...(await auditFaults(stack)),
      ],
      facts: {
        orders: count,
        'worker killed': `${kills} times, every ${killEveryMs / 1000} s`,
        'paid after': `${payAfterMs} ms`,
        'mails that came twice': followed.doubles,
      },
    };
  } finally {
    await Promise.all([gateway.stop(), mails.stop()]);
    await stack.close();
  }
}
