import { once } from 'node:events';
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { createApp } from './app.ts';
import { composeWorld } from './compose-world.ts';
import { expireDue } from './midtrans/expire-due.ts';
import { autoPay } from './midtrans/auto-pay.ts';
import { confirmRefund } from './midtrans/core/refund.ts';
import { createScheduler } from './scheduler.ts';
import type { SandboxOptions } from './settings.ts';
import { startSmtp } from './smtp/start-smtp.ts';
import type { Journal } from './journal.ts';
import type { World } from './world.ts';

export type Sandbox = Readonly<{
  /** Without a slash at the end. */
  url: string;
  smtpUrl: string;
  journal: Pick<Journal, 'captures' | 'refunds' | 'messages' | 'lines'>;
  close: () => Promise<void>;
}>;

const loopback = '127.0.0.1';
const sweepMs = 500;

/**
 * Starts the outside world on loopback: payment gateway, WhatsApp, mail server, webhook sink, and the page to watch them.
 * Throws the error of `listen` if a port is taken.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const scheduler = createScheduler();
  const { world, close: closeWorld } = composeWorld(options, scheduler);
  const host = options.host ?? loopback;
  const http = createAdaptorServer({ fetch: createApp(world).fetch }) as Server;
  try {
    await listen(http, { host, port: options.port ?? 0 });
  } catch (error) {
    closeWorld();
    throw error;
  }
  const url = `http://${host}:${portOf(http)}`;
  world.settings.publicUrl = options.publicUrl ?? url;
  const smtp = await startSmtp(
    { host, port: options.smtpPort ?? 0 },
    {
      now: world.midtrans.now,
      random: world.midtrans.random,
      scheduler,
      journal: world.journal,
      inbox: world.inbox,
      rules: world.smtpRules,
    },
  ).catch((error: unknown) => {
    http.close();
    closeWorld();
    throw error;
  });
  resume(world);
  const sweep = setInterval(() => expireDue(world.midtrans), sweepMs);
  sweep.unref();

  return {
    url,
    smtpUrl: `smtp://${host}:${smtp.port}`,
    journal: world.journal,
    close: async () => {
      clearInterval(sweep);
      scheduler.close();
      const closed = once(http, 'close');
      http.close();
      http.closeAllConnections();
      await Promise.all([closed, smtp.close()]);
      closeWorld();
    },
  };
}

async function listen(server: Server, at: { readonly host: string; readonly port: number }): Promise<void> {
  const failed = once(server, 'error').then(([error]: unknown[]) => Promise.reject(error));
  server.listen(at);
  await Promise.race([once(server, 'listening'), failed]);
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** After a restart: outstanding callbacks, buyers who were about to pay, refunds without the bank's confirmation. */
function resume({ midtrans }: World): void {
  midtrans.notifier.resume();
  for (const transaction of midtrans.transactions.newest()) {
    if (transaction.status === 'not_started') autoPay(midtrans, transaction);
    for (const { key, bankConfirmedAt } of transaction.refunds) {
      if (bankConfirmedAt === undefined) confirmRefund(midtrans, transaction, key);
    }
  }
}
