import { bigint, boolean, doublePrecision, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { bytes, time } from '../platform/database/columns.ts';
import { voidReasons } from './draw/order/draw-rules.ts';
import { phases } from './rooms/phase.ts';

export const waitingRooms = pgTable('waiting_rooms', {
  eventId: text('event_id').primaryKey(),
  organizerId: text('organizer_id').notNull(),
  phase: text('phase', { enum: phases }).notNull().default('closed'),
  preQueueOpensAt: time('pre_queue_opens_at').notNull(),
  freezesAt: time('freezes_at').notNull(),
  opensAt: time('opens_at').notNull(),
  challengeDifficulty: integer('challenge_difficulty').notNull(),
  rateMax: doublePrecision('rate_max').notNull(),
  turnSeconds: integer('turn_seconds').notNull(),
  passSeconds: integer('pass_seconds').notNull(),
  places: integer('places').notNull().default(0),
  frozenPlaces: integer('frozen_places'),
  serving: doublePrecision('serving').notNull().default(0),
  servingAt: time('serving_at'),
  rate: doublePrecision('rate').notNull().default(0),
  lapsedBelow: bigint('lapsed_below', { mode: 'number' }).notNull().default(0),
  paused: boolean('paused').notNull().default(false),
  changedAt: time('changed_at').notNull().defaultNow(),
  admissionRate: doublePrecision('admission_rate').notNull().default(0),
  showRatio: doublePrecision('show_ratio').notNull().default(1),
  exchanged: bigint('exchanged', { mode: 'number' }).notNull().default(0),
  pausedAt: time('paused_at'),
  drawLeadSeconds: integer('draw_lead_seconds').notNull().default(30),
});

export const places = pgTable(
  'places',
  {
    eventId: text('event_id').notNull(),
    placeIndex: integer('place_index').notNull(),
    accountKey: text('account_key').notNull(),
    joinedAt: time('joined_at').notNull(),
    voidedAt: time('voided_at'),
    givenUpAt: time('given_up_at'),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.placeIndex] })],
);

export const spentPasses = pgTable(
  'spent_passes',
  {
    eventId: text('event_id').notNull(),
    placeIndex: integer('place_index').notNull(),
    /** Null: the place was given up for another one. */
    orderId: text('order_id'),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.placeIndex] })],
);

export const drawStates = ['committed', 'frozen', 'drawn', 'void'] as const;

export const draws = pgTable(
  'draws',
  {
    eventId: text('event_id').notNull(),
    number: integer('number').notNull(),
    state: text('state', { enum: drawStates }).notNull(),
    seedHash: bytes('seed_hash').notNull(),
    seedSealed: text('seed_sealed'),
    seed: bytes('seed'),
    beaconChain: text('beacon_chain').notNull(),
    beaconRound: bigint('beacon_round', { mode: 'number' }).notNull(),
    beaconRoundAt: time('beacon_round_at').notNull(),
    committedAt: time('committed_at').notNull(),
    frozenAt: time('frozen_at'),
    places: integer('places'),
    voidedPlaces: integer('voided_places').array(),
    merkleRoot: bytes('merkle_root'),
    beaconSignature: bytes('beacon_signature'),
    beaconRandomness: bytes('beacon_randomness'),
    drawKey: bytes('draw_key'),
    drawnAt: time('drawn_at'),
    voidReason: text('void_reason', { enum: voidReasons }),
    rootedAt: time('rooted_at'),
    revealedAt: time('revealed_at'),
    leadSeconds: integer('lead_seconds').notNull().default(30),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.number] })],
);

export const drawLeaves = pgTable(
  'draw_leaves',
  {
    eventId: text('event_id').notNull(),
    chunk: integer('chunk').notNull(),
    leaves: bytes('leaves').notNull(),
    root: bytes('root').notNull(),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.chunk] })],
);

/** How far serving was at a time, with the orders and exchanges until then. It decides whose turn is over. */
export const servingMarks = pgTable(
  'serving_marks',
  {
    eventId: text('event_id').notNull(),
    at: time('at').notNull(),
    serving: doublePrecision('serving').notNull(),
    orders: integer('orders').notNull(),
    exchanged: bigint('exchanged', { mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.at] })],
);

export type RoomRow = typeof waitingRooms.$inferSelect;
export type DrawRow = typeof draws.$inferSelect;
