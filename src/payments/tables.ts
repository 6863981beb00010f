import { sql } from 'drizzle-orm';
import { bigint, boolean, integer, jsonb, pgTable, primaryKey, smallint, text } from 'drizzle-orm/pg-core';
import { amount, bytes, time } from '../platform/database/columns.ts';
import {
  attemptStatuses,
  ledgerAccounts,
  openStatuses,
  refundReasons,
  refundStatuses,
  taskKinds,
} from './vocabulary.ts';

export const paymentAccounts = pgTable(
  'payment_accounts',
  {
    organizerId: text('organizer_id').notNull(),
    gateway: text('gateway').notNull(),
    merchantId: text('merchant_id').notNull(),
    buyerPaysFee: boolean('buyer_pays_fee').notNull().default(false),
    credentials: text('credentials').notNull(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.organizerId, table.gateway] })],
);

/** The buyer's payment instructions, and everything that the room remembers of the attempt besides its state. */
export type Instructions = {
  readonly vaNumber?: string;
  readonly bank?: string;
  readonly billKey?: string;
  /** For Mandiri's bill payment, besides `billKey`. */
  readonly billerCode?: string;
  /** The payload of a QRIS code. */
  readonly qrString?: string;
  readonly paymentCode?: string;
  /** The method of the attempt that will replace this one. */
  readonly replaceBy?: string;
};

export const paymentAttempts = pgTable(
  'payment_attempts',
  {
    eventId: text('event_id').notNull(),
    id: text('id').notNull(),
    orderId: text('order_id').notNull(),
    organizerId: text('organizer_id').notNull(),
    number: smallint('number').notNull(),
    gateway: text('gateway').notNull(),
    method: text('method').notNull(),
    amount: amount('amount').notNull(),
    currency: text('currency').notNull(),
    status: text('status', { enum: attemptStatuses }).notNull(),
    gatewayReference: text('gateway_reference'),
    redirectUrl: text('redirect_url'),
    instructions: jsonb('instructions').$type<Instructions>().notNull().default({}),
    received: amount('received').notNull().default(0),
    refunded: amount('refunded').notNull().default(0),
    gatewayFee: amount('gateway_fee').notNull().default(0),
    failure: text('failure'),
    createdAt: time('created_at').notNull().defaultNow(),
    expiresAt: time('expires_at'),
    nextCheckAt: time('next_check_at'),
    claimedUntil: time('claimed_until'),
    checks: integer('checks').notNull().default(0),
    failedLooks: smallint('failed_looks').notNull().default(0),
    closeRequestedAt: time('close_requested_at'),
    updatedAt: time('updated_at').notNull().defaultNow(),
    isOpen: boolean('is_open')
      .notNull()
      .generatedAlwaysAs(sql.raw(`status in (${openStatuses.map((status) => `'${status}'`).join(', ')})`)),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.id] })],
);

export const callbacks = pgTable('callbacks', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  gateway: text('gateway').notNull(),
  organizerId: text('organizer_id').notNull(),
  dedupKey: bytes('dedup_key').notNull(),
  attemptId: text('attempt_id'),
  status: text('status', { enum: ['received', 'applied', 'ignored', 'refused'] })
    .notNull()
    .default('received'),
  outcome: text('outcome'),
  receivedAt: time('received_at').notNull().defaultNow(),
  appliedAt: time('applied_at'),
});

export const callbackPayloads = pgTable(
  'callback_payloads',
  {
    callbackId: bigint('callback_id', { mode: 'number' }).notNull(),
    payload: bytes('payload').notNull(),
    receivedAt: time('received_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.callbackId, table.receivedAt] })],
);

export const refunds = pgTable(
  'refunds',
  {
    eventId: text('event_id').notNull(),
    id: text('id').notNull(),
    orderId: text('order_id').notNull(),
    attemptId: text('attempt_id').notNull(),
    organizerId: text('organizer_id').notNull(),
    amount: amount('amount').notNull(),
    currency: text('currency').notNull(),
    reason: text('reason', { enum: refundReasons }).notNull(),
    status: text('status', { enum: refundStatuses }).notNull(),
    ticketIds: text('ticket_ids').array(),
    gatewayRefundKey: text('gateway_refund_key').notNull(),
    requestedBy: text('requested_by').notNull(),
    tries: integer('tries').notNull().default(0),
    refusals: smallint('refusals').notNull().default(0),
    failedLooks: smallint('failed_looks').notNull().default(0),
    nextCheckAt: time('next_check_at'),
    failure: text('failure'),
    idempotencyKeyHash: bytes('idempotency_key_hash'),
    createdAt: time('created_at').notNull().defaultNow(),
    doneAt: time('done_at'),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.id] })],
);

export const refundRequests = pgTable(
  'refund_requests',
  {
    eventId: text('event_id').notNull(),
    orderId: text('order_id').notNull(),
    idempotencyKeyHash: bytes('idempotency_key_hash').notNull(),
    fingerprint: bytes('fingerprint').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.orderId, table.idempotencyKeyHash] })],
);

export const ledgerEntries = pgTable(
  'ledger_entries',
  {
    eventId: text('event_id').notNull(),
    posting: text('posting').notNull(),
    account: text('account', { enum: ledgerAccounts }).notNull(),
    orderId: text('order_id').notNull(),
    attemptId: text('attempt_id').notNull(),
    amount: amount('amount').notNull(),
    currency: text('currency').notNull(),
    postedAt: time('posted_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.posting, table.account] })],
);

export const tasks = pgTable('tasks', {
  id: text('id').primaryKey(),
  organizerId: text('organizer_id').notNull(),
  eventId: text('event_id').notNull(),
  orderId: text('order_id').notNull(),
  kind: text('kind', { enum: taskKinds }).notNull(),
  subjectId: text('subject_id').notNull(),
  detail: jsonb('detail').$type<Record<string, string | number>>().notNull().default({}),
  content: text('content').notNull().default(''),
  createdAt: time('created_at').notNull().defaultNow(),
  resolvedAt: time('resolved_at'),
  resolvedBy: text('resolved_by'),
});

export type Attempt = typeof paymentAttempts.$inferSelect;
export type Refund = typeof refunds.$inferSelect;
export type Task = typeof tasks.$inferSelect;
