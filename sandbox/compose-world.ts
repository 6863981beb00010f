import { createBeaconRules } from './beacon/beacon-rules.ts';
import { demoChain } from './beacon/demo-chain.ts';
import { demoMidtransAccount, demoWhatsappSender, secondMidtransAccount } from './demo-accounts.ts';
import { createWhatsappRules } from './graph/whatsapp-rules.ts';
import { createLane } from './lane.ts';
import { createGatewayRules, partyKey } from './message-gateways/gateways.ts';
import { createMidtransAccounts } from './midtrans/accounts.ts';
import { createDeliverCallback } from './midtrans/notifications/deliver-callback.ts';
import { createNotifier } from './midtrans/notifications/notify.ts';
import { createScenarios } from './midtrans/scenarios.ts';
import { createTransactionStore } from './midtrans/store.ts';
import { createPostBytes } from './post-bytes.ts';
import { seededRandom } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { SandboxOptions, Settings } from './settings.ts';
import { createInbox } from './smtp/inbox.ts';
import { createSmtpRules } from './smtp/smtp-rules.ts';
import type { Tools } from './tools.ts';
import { createWebhookSink } from './webhook-sink.ts';
import { type JournalRecord, openJournal } from './journal.ts';
import type { World } from './world.ts';

const callbackConcurrencyDefault = 64;
const whatsappCallbackUrlDefault = 'http://127.0.0.1:3000/v1/callbacks/whatsapp/{phoneNumberId}';

/** Builds every part and replays the journal into them. Nothing listens or is sent yet. */
export function composeWorld(
  options: SandboxOptions,
  scheduler: Scheduler,
): Readonly<{ world: World; close: () => void }> {
  const now = options.now ?? Date.now;
  const random = seededRandom(options.seed ?? 1);
  const settings: Settings = {
    timeScale: options.timeScale ?? 1,
    publicUrl: options.publicUrl ?? '',
    notificationUrl: options.notificationUrl,
    whatsappCallbackUrl: options.whatsappCallbackUrl ?? whatsappCallbackUrlDefault,
    snapExpiryMinimumMinutes: options.snapExpiryMinimumMinutes ?? 5,
  };
  const limits = {
    concurrency: options.callbackConcurrency ?? callbackConcurrencyDefault,
    perSecond: options.callbacksPerSecond ?? Number.POSITIVE_INFINITY,
  };
  const { post, close: closePost } = createPostBytes();
  const midtransLane = createLane(scheduler, now, limits);
  const lane = createLane(scheduler, now, {
    concurrency: callbackConcurrencyDefault,
    perSecond: Number.POSITIVE_INFINITY,
  });

  const accounts = createMidtransAccounts(options.midtransAccounts ?? [demoMidtransAccount, secondMidtransAccount]);
  const senders = new Map(
    (options.whatsappSenders ?? [demoWhatsappSender]).map((sender) => [sender.phoneNumberId, sender]),
  );
  const scenarios = createScenarios();
  const journal = openJournal({ now, path: options.logPath });
  const transactions = createTransactionStore(journal);
  const shared: Tools = { now, random, scheduler, settings, journal };
  const deliver = createDeliverCallback({ ...shared, lane: midtransLane, post });
  const notifier = createNotifier({ ...shared, accounts, scenarios, deliver });
  const world: World = {
    settings,
    journal,
    midtrans: { ...shared, accounts, scenarios, transactions, notifier },
    midtransLane,
    graph: { ...shared, lane, post, senders, rules: createWhatsappRules(), messages: new Map(), media: new Map() },
    gateways: { ...shared, lane, post, parties: new Map(), rules: createGatewayRules(), messages: [] },
    whatsappTexts: options.whatsappTexts ?? [],
    beacon: { now, random, scheduler, chain: demoChain(options.beaconPeriodSeconds), rules: createBeaconRules() },
    inbox: createInbox(),
    smtpRules: createSmtpRules(),
    webhookSink: createWebhookSink(shared),
    post,
  };
  journal.replay((record) => replay(world, record));
  return {
    world,
    close: () => {
      closePost();
      journal.close();
    },
  };
}

/**
 * Replays one line of the journal after a restart. It restores transactions, outstanding callbacks, scenarios and parties,
 * but not mails, messages and webhooks, of which only the journal lines stay.
 */
function replay(world: World, record: JournalRecord): void {
  const { midtrans, graph, gateways } = world;
  if (record.scenario !== undefined) midtrans.scenarios.add(record.scenario);
  if (record.account !== undefined) midtrans.accounts.set(record.account);
  if (record.gatewayParty !== undefined && record.gateway !== undefined && record.gatewayAccount !== undefined)
    gateways.parties.set(partyKey(record.gateway, record.gatewayAccount), record.gatewayParty);
  if (record.sender !== undefined) graph.senders.set(record.sender.phoneNumberId, record.sender);
  if (record.kind === 'control.scenarios_cleared' || record.what?.includes('scenarios') === true)
    midtrans.scenarios.clear();
  if (record.what?.includes('transactions') === true) midtrans.transactions.clear();
  midtrans.transactions.replay(record);
  midtrans.notifier.replay(record);
}
