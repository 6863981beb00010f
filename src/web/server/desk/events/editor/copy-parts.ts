import { isProblem } from '../../../../../client/problem.ts';
import type { Desk } from '../../desk.ts';
import { ticketsOf } from '../../tickets/tickets.ts';
import { eventParam } from '../own-event.ts';

/** The parts of an event besides its own fields, in the order of copying. */
const copiedParts = [
  'tickets',
  'questions',
  'schedule',
  'gates',
  'doorSettings',
  'ticketCodes',
  'promoCodes',
  'messageSettings',
  'waitingRoom',
] as const;
export type CopiedPart = (typeof copiedParts)[number];

type Later = (time: string) => string;
type Copying = {
  readonly desk: Desk;
  /** The original. */
  readonly from: { readonly slug: string; readonly eventId: string };
  readonly param: { readonly slug: string; readonly eventId: string };
  readonly later: Later;
  readonly laterOrNull: (time: string | null) => string | null;
  /** Original ticket category id to the id of its copy. */
  readonly categories: Map<string, string>;
};

/**
 * Copies the parts of the page's event to another event.
 * @returns the parts that were not copied completely
 */
export async function copyParts(desk: Desk, eventId: string, later: Later): Promise<CopiedPart[]> {
  const copying: Copying = {
    desk,
    from: eventParam(desk),
    param: { slug: desk.slug, eventId },
    later,
    laterOrNull: (time) => (time === null ? null : later(time)),
    categories: new Map(),
  };
  const copyPart = async (part: CopiedPart): Promise<boolean> => {
    try {
      return await copyOf[part](copying);
    } catch (error) {
      if (!isProblem(error)) throw error;
      return false;
    }
  };
  // Gates and door settings name the copies of ticket categories. All other parts stand alone.
  const [first, ...others] = copiedParts;
  const isCopied = [await copyPart(first), ...(await Promise.all(others.map(copyPart)))];
  return copiedParts.filter((_, index) => isCopied[index] === false);
}

/** Each function resolves to whether its part was copied completely. */
const copyOf: Readonly<Record<CopiedPart, (copying: Copying) => Promise<boolean>>> = {
  tickets: copyTickets,
  questions: copyQuestions,
  schedule: copySchedule,
  gates: copyGates,
  doorSettings: copyDoorSettings,
  ticketCodes: copyTicketCodes,
  promoCodes: copyPromoCodes,
  messageSettings: copyMessageSettings,
  waitingRoom: copyWaitingRoom,
};

async function copyTickets({ desk, param, later, laterOrNull, categories: copies }: Copying): Promise<boolean> {
  const { pools, categories } = await ticketsOf(desk);
  const poolCopies = new Map<string, string>();
  for (const { id, name, capacity, blocked } of pools) {
    const json = { name, capacity, blocked };
    const made = await desk.api.post('/v1/organizers/:slug/events/:eventId/pools', { param, json });
    poolCopies.set(id, made.id);
  }
  for (const category of categories) {
    const made = await desk.api.post('/v1/organizers/:slug/events/:eventId/ticket-categories', {
      param,
      json: {
        poolId: poolCopies.get(category.poolId) ?? '',
        name: category.name,
        description: category.description,
        nameEn: category.nameEn,
        descriptionEn: category.descriptionEn,
        price: category.price,
        saleOpensAt: later(category.saleOpensAt),
        saleClosesAt: later(category.saleClosesAt),
        perOrderMin: category.perOrderMin,
        perOrderMax: category.perOrderMax,
        perBuyerMax: category.perBuyerMax,
        entryOpensAt: laterOrNull(category.entryOpensAt),
        entryClosesAt: laterOrNull(category.entryClosesAt),
        position: category.position,
        status: category.status,
        hasHolderNames: category.hasHolderNames,
      },
    });
    copies.set(category.id, made.id);
  }
  return true;
}

/** Copies open questions. Closed ones are no longer asked, and a new question is open. */
async function copyQuestions({ desk, from, param }: Copying): Promise<boolean> {
  const { data } = await desk.api.get('/v1/organizers/:slug/events/:eventId/questions', { param: from });
  for (const { text, textEn, kind, scope, choices, isRequired, position, status } of data) {
    if (status !== 'open') continue;
    const json = { text, textEn, kind, scope, choices, isRequired, position };
    await desk.api.post('/v1/organizers/:slug/events/:eventId/questions', { param, json });
  }
  return true;
}

async function copySchedule({ desk, from, param, later }: Copying): Promise<boolean> {
  const { data } = await desk.api.get('/v1/organizers/:slug/events/:eventId/schedule', { param: from });
  for (const { id: _, startsAt, endsAt, ...texts } of data) {
    const json = { ...texts, startsAt: later(startsAt), endsAt: later(endsAt) };
    await desk.api.post('/v1/organizers/:slug/events/:eventId/schedule', { param, json });
  }
  return true;
}

/** Copies zones first, because gates refer to them. */
async function copyGates({ desk, from, param, laterOrNull, categories }: Copying): Promise<boolean> {
  const [zones, gates] = await Promise.all([
    desk.api.get('/v1/organizers/:slug/events/:eventId/zones', { param: from }),
    desk.api.get('/v1/organizers/:slug/events/:eventId/gates', { param: from }),
  ]);
  const zoneCopies = new Map<string, string>();
  for (const { id, name, capacity } of zones.data) {
    const made = await desk.api.post('/v1/organizers/:slug/events/:eventId/zones', { param, json: { name, capacity } });
    zoneCopies.set(id, made.id);
  }
  for (const { name, ticketCategoryIds, opensAt, closesAt, reEntry, zoneId } of gates.data) {
    const json = {
      name,
      reEntry,
      ticketCategoryIds: ticketCategoryIds === null ? null : ticketCategoryIds.map((id) => categories.get(id) ?? ''),
      opensAt: laterOrNull(opensAt),
      closesAt: laterOrNull(closesAt),
      zoneId: zoneId === null ? null : (zoneCopies.get(zoneId) ?? ''),
    };
    await desk.api.post('/v1/organizers/:slug/events/:eventId/gates', { param, json });
  }
  return true;
}

async function copyDoorSettings({ desk, from, param, categories }: Copying): Promise<boolean> {
  const path = '/v1/organizers/:slug/events/:eventId/door-settings';
  const { showsNames, categoryNotes } = await desk.api.get(path, { param: from });
  const notes = Object.entries(categoryNotes).flatMap(([id, note]) => {
    const copy = categories.get(id);
    return copy === undefined ? [] : [[copy, note] as const];
  });
  await desk.api.patch(path, { param, json: { showsNames, categoryNotes: Object.fromEntries(notes) } });
  return true;
}

/** Copies the choice of signed codes. The copy gets its own keys. */
async function copyTicketCodes({ desk, from, param }: Copying): Promise<boolean> {
  const path = '/v1/organizers/:slug/events/:eventId/ticket-codes';
  const { codes } = await desk.api.get(path, { param: from });
  if (codes === 'signed') await desk.api.patch(path, { param, json: { codes } });
  return true;
}

/** Copies active codes. Their redemptions start at zero. */
async function copyPromoCodes({ desk, from, param, later }: Copying): Promise<boolean> {
  const movedSeconds = Math.round(Date.parse(later(new Date(0).toISOString())) / 1000);
  const { left } = await desk.api.post('/v1/organizers/:slug/events/:eventId/promo-codes/copies', {
    param,
    json: { from: from.eventId, movedSeconds },
  });
  return left === 0;
}

async function copyMessageSettings({ desk, from, param }: Copying): Promise<boolean> {
  const path = '/v1/organizers/:slug/events/:eventId/message-settings';
  await desk.api.put(path, { param, json: await desk.api.get(path, { param: from }) });
  return true;
}

/** Copies the plan, not places or the draw. The API refuses times in the past; the organiser then plans the room anew. */
async function copyWaitingRoom({ desk, from, param, later }: Copying): Promise<boolean> {
  const path = '/v1/organizers/:slug/events/:eventId/waiting-room';
  const room = await desk.api.get(path, { param: from }).catch((error: unknown) => {
    if (!isProblem(error, 'queue.not_found')) throw error;
    return undefined;
  });
  if (room === undefined) return true;
  const { drawLeadSeconds, rateMax, turnSeconds, passSeconds, challengeDifficulty } = room;
  await desk.api.put(path, {
    param,
    json: {
      preQueueOpensAt: later(room.preQueueOpensAt),
      freezesAt: later(room.freezesAt),
      opensAt: later(room.opensAt),
      drawLeadSeconds,
      rateMax,
      turnSeconds,
      passSeconds,
      challengeDifficulty,
    },
  });
  return true;
}
