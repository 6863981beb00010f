import type { BeaconWorld } from './beacon/beacon-routes.ts';
import type { MessageText } from './demo-accounts.ts';
import type { Graph } from './graph/graph.ts';
import type { Gateways } from './message-gateways/gateways.ts';
import type { Lane } from './lane.ts';
import type { Midtrans } from './midtrans/midtrans.ts';
import type { PostBytes } from './post-bytes.ts';
import type { RuleBook } from './rule-book.ts';
import type { Settings } from './settings.ts';
import type { Inbox } from './smtp/inbox.ts';
import type { SmtpRule } from './smtp/smtp-rules.ts';
import type { WebhookSink } from './webhook-sink.ts';
import type { Journal } from './journal.ts';

/** Everything that the sandbox plays, for the parts that control or show all of it. */
export type World = Readonly<{
  settings: Settings;
  journal: Journal;
  midtrans: Midtrans;
  midtransLane: Lane;
  graph: Graph;
  /** The words of messages without a registered template. */
  whatsappTexts: readonly MessageText[];
  gateways: Gateways;
  beacon: BeaconWorld;
  inbox: Inbox;
  smtpRules: RuleBook<SmtpRule>;
  webhookSink: WebhookSink;
  post: PostBytes;
}>;
