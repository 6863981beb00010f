import { sql } from 'drizzle-orm';
import type { Clock } from '../../platform/clock.ts';
import { arrayText } from '../../platform/database/array-text.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { requestInvalid } from '../../platform/errors.ts';
import { inputFault } from '../../platform/field-faults.ts';
import { eventIdOf } from '../../platform/ids.ts';
import type { OrderLink } from '../buyer/order-access.ts';
import { orderNotFound } from '../../access/errors.ts';
import { detailsClosed, namesUsedUp, questionNotFound, ticketNotFound } from '../errors.ts';
import { buyerOf, lockOrder, noteOrderChange } from '../lifecycle/queries.ts';
import type { Question } from '../questions/tables.ts';
import { indexOrder } from '../search/index-orders.ts';
import { namesPerTicketMax } from './limits.ts';
import type { GivenDetails } from './schemas.ts';
import { type Answer, type OrderDetails, showDetails } from './show-details.ts';

type Holder = GivenDetails['tickets'][number];

/**
 * Writes the names of tickets' holders and answers to questions, all of them or none. Earlier details that are not
 * named here stay. Sending the same details again changes nothing. Devices at the door get new names with their next
 * delta.
 * @throws DomainError order.not_found, ticket.not_found, question.not_found, order.details_closed, order.names_used_up,
 * request.invalid for an answer that its question does not take
 */
export async function giveDetails(
  deps: { readonly db: Db; readonly clock: Clock },
  link: OrderLink,
  given: GivenDetails,
): Promise<OrderDetails> {
  const eventId = eventIdOf(link.orderId);
  return transaction(deps.db, async (tx) => {
    // Refunds, corrections and other details of this order take the same lock.
    const order = await lockOrder(tx, eventId, link.orderId);
    if (order === undefined) throw orderNotFound();
    const details = await showDetails({ ...deps, db: tx }, link);
    if (!details.isOpen) throw detailsClosed();
    const holders = changedHolders(details, given.tickets);
    const answers = changedAnswers(details, given.answers);
    if (holders.length + answers.length === 0) return details;
    if (holders.length > 0) {
      await nameTickets(tx, eventId, holders);
      await indexOrder(tx, order, buyerOf(order));
    }
    if (answers.length > 0) await writeAnswers(tx, eventId, link.orderId, answers);
    await noteOrderChange(tx, order, [
      ...(holders.length > 0 ? (['holders'] as const) : []),
      ...(answers.length > 0 ? (['answers'] as const) : []),
    ]);
    return showDetails({ ...deps, db: tx }, link);
  });
}

function changedHolders({ tickets }: OrderDetails, holders: readonly Holder[]): Holder[] {
  const known = new Map(
    tickets.filter(({ hasHolderName }) => hasHolderName).map((ticket) => [ticket.ticketId, ticket]),
  );
  return holders.filter(({ ticketId, holderName }) => {
    const ticket = known.get(ticketId);
    if (ticket === undefined) throw ticketNotFound();
    if (ticket.holderName === holderName) return false;
    if (ticket.timesNamed >= namesPerTicketMax) throw namesUsedUp(namesPerTicketMax);
    return true;
  });
}

function changedAnswers({ tickets, questions, answers }: OrderDetails, given: readonly Answer[]): Answer[] {
  const asked = new Map(questions.map((question) => [question.id, question]));
  const liveIds = new Set(tickets.map(({ ticketId }) => ticketId));
  const before = new Map(answers.map(({ questionId, ticketId, value }) => [`${questionId} ${ticketId}`, value]));
  return given.filter(({ questionId, ticketId, value }, index) => {
    const question = asked.get(questionId);
    if (question === undefined || (ticketId === null) !== (question.scope === 'order')) throw questionNotFound();
    if (ticketId !== null && !liveIds.has(ticketId)) throw ticketNotFound();
    requireAnswer(question, value, `answers.${index}.value`);
    return (before.get(`${questionId} ${ticketId}`) ?? '') !== value;
  });
}

/** @throws DomainError request.invalid */
function requireAnswer({ kind, choices, isRequired }: Question, value: string, path: string): void {
  if (value === '') {
    if (isRequired) throw requestInvalid([inputFault(path, 'field.required')]);
    return;
  }
  const allowed = { text: undefined, choice: choices.map(({ text }) => text), yes_no: ['yes', 'no'] }[kind];
  if (allowed !== undefined && !allowed.includes(value)) throw requestInvalid([inputFault(path, 'field.not_allowed')]);
}

/** All rows get one time, by which the order's story groups them. */
async function nameTickets(tx: Db, eventId: string, holders: readonly Holder[]): Promise<void> {
  await tx.execute(sql`
    update tickets t
    set holder_name = given.name, named_at = statement_timestamp(), times_named = t.times_named + 1
    from unnest(
      ${arrayText(holders.map(({ ticketId }) => ticketId))}::text[],
      ${arrayText(holders.map(({ holderName }) => holderName))}::text[]
    ) as given (id, name)
    where t.event_id = ${eventId} and t.id = given.id and t.status = 'live'`);
}

/** An empty answer withdraws the earlier one. */
async function writeAnswers(tx: Db, eventId: string, orderId: string, given: readonly Answer[]): Promise<void> {
  const rows = sql`unnest(
    ${arrayText(given.map(({ questionId }) => questionId))}::text[],
    ${arrayText(given.map(({ ticketId }) => ticketId ?? orderId))}::text[],
    ${arrayText(given.map(({ value }) => value))}::text[]
  ) as given (question_id, subject_id, value)`;
  await tx.execute(sql`
    delete from answers a using ${rows}
    where a.event_id = ${eventId} and a.order_id = ${orderId} and a.question_id = given.question_id
      and a.subject_id = given.subject_id and given.value = ''`);
  await tx.execute(sql`
    insert into answers (event_id, order_id, question_id, subject_id, value, answered_at)
    select ${eventId}, ${orderId}, given.question_id, given.subject_id, given.value, statement_timestamp()
    from ${rows} where given.value <> ''
    on conflict (event_id, order_id, question_id, subject_id) do update
      set value = excluded.value, answered_at = excluded.answered_at`);
}
