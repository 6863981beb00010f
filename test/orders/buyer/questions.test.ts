import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { listAttendees } from '../../../src/desk/attendees/list-attendees.ts';
import { tellStory } from '../../../src/desk/story/tell-story.ts';
import { questionsPerEventMax } from '../../../src/orders/questions/limits.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { type TestEvent, createEvent, createOrganizer, signedInOwner } from '../../../testkit/factories.ts';
import { type OrderDesk, keyFor, openDesk } from '../../../testkit/orders/order-desk.ts';
import { ask, sellOrder, soldTicket } from '../../../testkit/orders/sold-order.ts';
import { useOrderDatabase } from '../support/order-database.ts';

/** Guards the organiser's questions, the buyers' answers, and where these are stored. */

const { open, deps } = await useOrderDatabase();
let desk: OrderDesk;
beforeEach(() => {
  desk = openDesk(open);
});

type Answer = { readonly questionId: string; readonly ticketId?: string | null; readonly value: string };
type Body = {
  readonly id: string;
  readonly code?: string;
  readonly isComplete: boolean;
  readonly errors?: readonly { readonly path: string; readonly code: string }[];
  readonly questions: readonly { readonly id: string }[];
  readonly answers: readonly Answer[];
  readonly data: readonly { readonly answers: number }[];
};

async function send(path: string, headers: Record<string, string>, method = 'GET', body?: unknown) {
  const answer = await ask(desk, path, { headers, method, body });
  return { ...answer, body: answer.body as Body };
}

async function openSale() {
  const event = await createEvent(open.db);
  const manager = await keyFor(desk, event.organizer, 'manager');
  const path = `/v1/organizers/${event.organizer.slug}/events/${event.id}/questions`;
  const askBuyers = async (question: object) => {
    const asked = await send(path, manager, 'POST', { kind: 'text', scope: 'order', ...question });
    expect(asked.status, JSON.stringify(asked.body)).toBe(201);
    return asked.body.id;
  };
  return { event, manager, path, ask: askBuyers };
}

async function sell(event: TestEvent) {
  const sold = await sellOrder({ open, deps, desk }, event);
  const { id, headers } = sold;
  const path = `/v1/orders/${id}/details`;
  return {
    id,
    tickets: [1, 2].map((number) => soldTicket(sold, number)),
    read: async () => (await send(path, headers)).body,
    answer: (...answers: Answer[]) => send(path, headers, 'PATCH', { answers }),
  };
}

const sizes = { text: 'Ukuran kaus', kind: 'choice', scope: 'ticket', choices: [{ text: 'S' }, { text: 'M' }] };

describe('questions to buyers', () => {
  test('are answered for the order and for each ticket; attendees, story and report show the answers', async () => {
    const { event, ask } = await openSale();
    const heard = await ask({ text: 'Dari mana Anda tahu?', textEn: 'How did you hear of it?', isRequired: true });
    const size = await ask({ ...sizes, isRequired: true, position: 1 });
    const sold = await sell(event);
    const [first = '', second = ''] = sold.tickets;
    expect(await sold.read()).toMatchObject({
      isComplete: false,
      questions: [{ id: heard }, { id: size }],
      answers: [],
    });
    const given = await sold.answer(
      { questionId: heard, value: '  Radio ' },
      { questionId: size, ticketId: first, value: 'M' },
    );
    expect([given.status, given.body.isComplete]).toEqual([200, false]);
    const rest = await sold.answer({ questionId: size, ticketId: second, value: 'S' });
    expect(rest.body).toMatchObject({
      isComplete: true,
      answers: expect.arrayContaining([
        { questionId: heard, ticketId: null, value: 'Radio' },
        { questionId: size, ticketId: first, value: 'M' },
        { questionId: size, ticketId: second, value: 'S' },
      ]),
    });

    const actor = await signedInOwner(open.db, event.organizer);
    const attendees = await listAttendees(open, actor, { eventId: event.id, limit: 10 });
    expect(attendees.map(({ answers }) => answers)).toEqual(
      ['M', 'S'].map((value) => [
        { question: 'Dari mana Anda tahu?', value: 'Radio' },
        { question: 'Ukuran kaus', value },
      ]),
    );
    const atDoor = await listAttendees(open, { ...actor, role: 'door' }, { eventId: event.id, limit: 10 });
    expect(atDoor[0]).not.toHaveProperty('answers');
    const { entries } = await tellStory(open, actor, sold.id);
    const told = entries.filter(({ kind }) => kind === 'answers.given').map(({ detail }) => detail['answers']);
    expect(told).toEqual(['Dari mana Anda tahu?: Radio, Ukuran kaus: M', 'Ukuran kaus: S']);
  });

  test('accept only answers that fit, and all answers of a request or none', async () => {
    const { event, ask } = await openSale();
    const size = await ask(sizes);
    const lunch = await ask({ text: 'Makan siang?', kind: 'yes_no', isRequired: true });
    const [sold, other] = [await sell(event), await sell(event)];
    const [first = ''] = sold.tickets;
    const yes = { questionId: lunch, value: 'yes' };
    const wrong = await sold.answer(yes, { questionId: size, ticketId: first, value: 'XXL' });
    expect([wrong.status, wrong.body.errors?.[0]]).toEqual([
      400,
      expect.objectContaining({ path: 'answers.1.value', code: 'field.not_allowed' }),
    ]);
    expect((await sold.answer({ questionId: lunch, value: 'maybe' })).status).toBe(400);
    expect((await sold.answer({ questionId: lunch, value: '' })).body.errors?.[0]?.code).toBe('field.required');
    expect((await sold.answer({ questionId: size, value: 'M' })).body.code).toBe('question.not_found');
    expect((await sold.answer({ ...yes, ticketId: first })).body.code).toBe('question.not_found');
    const others = await sold.answer({ questionId: size, ticketId: other.tickets[0] ?? '', value: 'M' });
    expect(others.body.code).toBe('ticket.not_found');
    expect((await sold.answer(yes, yes)).body.errors?.[0]?.code).toBe('list.doubled');
    expect((await sold.answer()).status).toBe(400);
    expect((await sold.read()).answers).toEqual([]);
  });

  test('can be answered again, and an optional answer can be removed', async () => {
    const { event, ask } = await openSale();
    const size = await ask(sizes);
    const sold = await sell(event);
    const [ticketId = ''] = sold.tickets;
    const answer = (value: string) => sold.answer({ questionId: size, ticketId, value });
    await answer('M');
    const timeOf = async () =>
      (
        await rowsOf<{ at: string }>(
          open.db,
          sql`select answered_at::text as at from answers where order_id = ${sold.id}`,
        )
      )[0]?.at;
    const at = await timeOf();
    expect((await answer('M')).status).toBe(200);
    expect(await timeOf()).toBe(at);
    expect((await answer('S')).body.answers).toEqual([{ questionId: size, ticketId, value: 'S' }]);
    expect((await answer('')).body.answers).toEqual([]);
  });

  test('are closed once answered, or deleted before; their answers stay', async () => {
    const { event, ask, path, manager } = await openSale();
    const size = await ask(sizes);
    const unused = await ask({ text: 'Lain' });
    const sold = await sell(event);
    await sold.answer({ questionId: size, ticketId: sold.tickets[0] ?? '', value: 'M' });
    expect((await send(`${path}/${size}`, manager, 'DELETE')).body.code).toBe('question.answered');
    expect((await send(`${path}/${unused}`, manager, 'DELETE')).status).toBe(204);
    expect((await send(`${path}/${unused}`, manager, 'DELETE')).body.code).toBe('question.not_found');
    expect((await send(`${path}/${size}`, manager, 'PATCH', { choices: [{ text: 'L' }] })).status).toBe(400);
    const noChoice = await ask({ text: 'Catatan' });
    expect(await send(`${path}/${noChoice}`, manager, 'PATCH', { choices: sizes.choices })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'choices', code: 'field.unknown' }] },
    });
    expect((await send(`${path}/${noChoice}`, manager, 'DELETE')).status).toBe(204);
    expect((await send(`${path}/${size}`, manager, 'PATCH', { status: 'closed' })).status).toBe(200);
    expect(await sold.read()).toMatchObject({ questions: [], answers: [], isComplete: true });
    expect((await send(path, manager)).body.data.map(({ answers }) => answers)).toEqual([1]);
    const closed = await sold.answer({ questionId: size, ticketId: sold.tickets[0] ?? '', value: 'S' });
    expect(closed.body.code).toBe('question.not_found');
  });

  test('count the answers of their own event only, and read no others', async () => {
    const { event, ask } = await openSale();
    const size = await ask(sizes);
    const sold = await sell(event);
    await sold.answer({ questionId: size, ticketId: sold.tickets[0] ?? '', value: 'M' });
    const other = await openSale();
    await open.db.execute(sql`
      insert into questions (event_id, id, text, kind, scope) values (${other.event.id}, ${size}, 'Lain', 'text', 'order')`);
    expect((await send(other.path, other.manager)).body.data.map(({ answers }) => answers)).toEqual([0]);
  });

  test('belong to the organiser: the door and strangers neither see nor change them, and there is a limit', async () => {
    const { event, path, manager, ask } = await openSale();
    const door = await keyFor(desk, event.organizer, 'door');
    expect((await send(path, door)).status).toBe(403);
    const stranger = await createOrganizer(open.db);
    const theirs = path.replace(event.organizer.slug, stranger.slug);
    expect((await send(theirs, await keyFor(desk, stranger, 'manager'))).body.code).toBe('event.not_found');
    await Promise.all(Array.from({ length: questionsPerEventMax }, (_, index) => ask({ text: `Nomor ${index}` })));
    const more = await send(path, manager, 'POST', { text: 'Lagi', kind: 'text', scope: 'order' });
    expect([more.status, more.body.code]).toEqual([409, 'question.limit_reached']);
    const none = await send(path, manager, 'POST', { text: 'Pilih', kind: 'choice', scope: 'order' });
    expect(none.status).toBe(400);
  });
});
