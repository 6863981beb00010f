import type { WhatsappSender } from '../demo-accounts.ts';
import type { Lane } from '../lane.ts';
import type { PostBytes } from '../post-bytes.ts';
import type { Tools } from '../tools.ts';
import type { RuleBook } from '../rule-book.ts';
import type { MessageRequest } from './message-request.ts';
import type { WhatsappRule } from './whatsapp-rules.ts';

export type MessageStatus = 'sent' | 'delivered' | 'read' | 'failed';

export type WhatsappMessage = Readonly<{
  /** The wamid. */
  id: string;
  at: string;
  phoneNumberId: string;
  to: string;
  template: string;
  language: string;
  components: NonNullable<MessageRequest['template']['components']>;
  opaque?: string;
  /** Reported so far. */
  statuses: { status: MessageStatus; at: string }[];
}>;

type Media = Readonly<{ id: string; phoneNumberId: string; type: string; bytes: Uint8Array<ArrayBuffer> }>;

export const messagesMax = 50_000;
export const mediaMax = 200;

/** The dependencies of every act of the WhatsApp part. Messages and media are bounded; the oldest are dropped first. */
export type Graph = Tools &
  Readonly<{
    lane: Lane;
    post: PostBytes;
    senders: Map<string, WhatsappSender>;
    rules: RuleBook<WhatsappRule>;
    messages: Map<string, WhatsappMessage>;
    media: Map<string, Media>;
  }>;

/** Adds to a bounded map. */
export function keep<Value>(map: Map<string, Value>, key: string, value: Value, max: number): void {
  map.set(key, value);
  const oldest = map.keys().next();
  if (map.size > max && oldest.done !== true) map.delete(oldest.value);
}

/** The sender whose token the request carries, if it is the one of the path. */
export function senderCalling(
  graph: Graph,
  phoneNumberId: string,
  authorization: string | undefined,
): WhatsappSender | undefined {
  const sender = graph.senders.get(phoneNumberId);
  return sender !== undefined && authorization === `Bearer ${sender.accessToken}` ? sender : undefined;
}
