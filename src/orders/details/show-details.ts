import { and, asc, eq } from 'drizzle-orm';
import { events, ticketCategories } from '../../catalog/tables.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/database/db.ts';
import { eventIdOf } from '../../platform/ids.ts';
import type { OrderLink } from '../buyer/order-access.ts';
import { orderNotFound } from '../../access/errors.ts';
import { type Question, answers, questions } from '../questions/tables.ts';
import { orders, tickets } from '../tables.ts';

const hourMs = 3_600_000;

export type OrderDetails = {
  /** Null while the event has no date. */
  readonly until: Date | null;
  readonly isOpen: boolean;
  /** Whether all names and all required answers were given. */
  readonly isComplete: boolean;
  /** Of the event. */
  readonly timeZone: string;
  readonly tickets: readonly DetailedTicket[];
  /** The open questions, in the organiser's order. */
  readonly questions: readonly Question[];
  /** The answers to those questions. */
  readonly answers: readonly Answer[];
};

export type DetailedTicket = {
  readonly ticketId: string;
  readonly ticketCategoryId: string;
  readonly ticketCategory: string;
  readonly ticketCategoryEn: string | null;
  readonly hasHolderName: boolean;
  readonly holderName: string | null;
  readonly timesNamed: number;
};

export type Answer = { readonly questionId: string; readonly ticketId: string | null; readonly value: string };

/**
 * The details of an order: the names of its tickets' holders, and answers to the organiser's questions.
 * @throws DomainError order.not_found, also for an outdated link of the order
 */
export async function showDetails(
  deps: { readonly db: Db; readonly clock: Clock },
  { orderId, version }: OrderLink,
): Promise<OrderDetails> {
  const eventId = eventIdOf(orderId);
  const [event] = await deps.db
    .select({
      status: events.status,
      timeZone: events.timeZone,
      doorsOpenAt: events.doorsOpenAt,
      postponedAt: events.postponedAt,
      untilHours: events.detailsUntilHours,
    })
    .from(orders)
    .innerJoin(events, eq(events.id, orders.eventId))
    .where(and(eq(orders.eventId, eventId), eq(orders.id, orderId), eq(orders.linkVersion, version)));
  if (event === undefined) throw orderNotFound();
  const found = await listLiveTickets(deps.db, eventId, orderId);
  const asked = found.length === 0 ? [] : await listAskedQuestions(deps.db, eventId);
  const all = asked.length === 0 ? [] : await listAnswers(deps.db, eventId, orderId, asked);
  const own = new Set<string | null>([null, ...found.map(({ ticketId }) => ticketId)]);
  const given = all.filter(({ ticketId }) => own.has(ticketId));
  const entries = found.flatMap(({ entryOpensAt }) => (entryOpensAt === null ? [] : [entryOpensAt.getTime()]));
  const untilMs = Math.min(event.doorsOpenAt.getTime(), ...entries) - event.untilHours * hourMs;
  const until = event.postponedAt === null ? new Date(untilMs) : null;
  const isOver = until !== null && deps.clock.now() >= until;
  return {
    until,
    isOpen: event.status === 'published' && !isOver,
    isComplete: isComplete(found, asked, given),
    timeZone: event.timeZone,
    tickets: found,
    questions: asked,
    answers: given,
  };
}

function isComplete(found: readonly DetailedTicket[], asked: readonly Question[], given: readonly Answer[]): boolean {
  const known = new Set(given.map(({ questionId, ticketId }) => `${questionId} ${ticketId}`));
  const hasAnswers = asked
    .filter(({ isRequired }) => isRequired)
    .every(({ id, scope }) =>
      scope === 'order' ? known.has(`${id} null`) : found.every(({ ticketId }) => known.has(`${id} ${ticketId}`)),
    );
  return hasAnswers && found.every(({ hasHolderName, holderName }) => !hasHolderName || holderName !== null);
}

async function listAskedQuestions(db: Db, eventId: string): Promise<Question[]> {
  return db
    .select()
    .from(questions)
    .where(and(eq(questions.eventId, eventId), eq(questions.status, 'open')))
    .orderBy(asc(questions.position), asc(questions.id));
}

async function listAnswers(db: Db, eventId: string, orderId: string, asked: readonly Question[]): Promise<Answer[]> {
  const rows = await db
    .select({ questionId: answers.questionId, subjectId: answers.subjectId, value: answers.value })
    .from(answers)
    .where(and(eq(answers.eventId, eventId), eq(answers.orderId, orderId)))
    .orderBy(asc(answers.questionId), asc(answers.subjectId));
  return rows
    .filter(({ questionId }) => asked.some(({ id }) => id === questionId))
    .map(({ questionId, subjectId, value }) => ({
      questionId,
      ticketId: subjectId === orderId ? null : subjectId,
      value,
    }));
}

async function listLiveTickets(db: Db, eventId: string, orderId: string) {
  return db
    .select({
      ticketId: tickets.id,
      ticketCategoryId: tickets.ticketCategoryId,
      ticketCategory: ticketCategories.name,
      ticketCategoryEn: ticketCategories.nameEn,
      hasHolderName: ticketCategories.hasHolderNames,
      holderName: tickets.holderName,
      timesNamed: tickets.timesNamed,
      entryOpensAt: ticketCategories.entryOpensAt,
    })
    .from(tickets)
    .innerJoin(
      ticketCategories,
      and(eq(ticketCategories.eventId, tickets.eventId), eq(ticketCategories.id, tickets.ticketCategoryId)),
    )
    .where(
      and(
        eq(tickets.eventId, eventId),
        eq(tickets.orderId, orderId),
        eq(tickets.status, 'live'),
        eq(tickets.timesTransferred, 0),
      ),
    )
    .orderBy(asc(tickets.id));
}
