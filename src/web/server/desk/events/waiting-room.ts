import { html } from 'hono/html';
import { isProblem } from '../../../../client/problem.ts';
import { formatCount } from '../../../../platform/text/format-money.ts';
import { formatDateTime } from '../../../../platform/text/format-time.ts';
import { roomPlanWords } from '../../../i18n/words/desk/events/waiting-room.ts';
import type { Html } from '../../layout.ts';
import type { Data } from '../api.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../desk.ts';
import type { Form } from '../forms.ts';
import { fieldGroup, numberField, selectField, textField, timeField } from '../parts/fields.ts';
import { askForm, confirmStep, deskForm } from '../parts/form.ts';
import { facts, linkButton, notice, panel } from '../parts/pieces.ts';
import { ticketsOf } from '../tickets/tickets.ts';
import type { EventOfDesk } from './editor/event-form.ts';
import { eventParam, eventPath, eventView, ownEvent } from './own-event.ts';

type Room = Data<'/v1/organizers/:slug/events/:eventId/waiting-room'>;

const rateDefault = 20;
/** Enough for the ways that most buyers pay by. */
const rushHoldMinutes = 15;
/** Tries of a browser before it may join. A phone makes some ten thousand a second or more. */
const workOffered = [0, 100_000, 1_000_000];
const minute = 60_000;

/** Plans a waiting room, with a forecast of its draw and its line. */
export function waitingRoomPages(addPage: AddPage): void {
  addPage('/desk/events/:eventId/waiting-room', showRoom, { save: planRoom, pause: pauseRoom, resume: resumeRoom });
  addPage('/desk/events/:eventId/waiting-room/closure', showClosure, { end: endRoom });
}

const roomPath = '/v1/organizers/:slug/events/:eventId/waiting-room';

export async function roomOf(desk: Desk): Promise<Room | undefined> {
  return desk.api.get(roomPath, { param: eventParam(desk) }).catch((error: unknown) => {
    if (!isProblem(error, 'queue.not_found')) throw error;
    return undefined;
  });
}

async function showRoom(desk: Desk): Promise<View> {
  const words = roomPlanWords[desk.language];
  const [event, room, { pools }] = await Promise.all([ownEvent(desk), roomOf(desk), ticketsOf(desk)]);
  const form = desk.form('save');
  const places = pools.reduce((sum, { available }) => sum + available, 0);
  return {
    title: words.title,
    ...eventView(event),
    eventSection: 'waitingRoom',
    body: html`<p class="lead">${words.lead}</p>${room === undefined ? notice(words.none) : statePart(desk, event, room)}${
      room === undefined || room.phase === 'closed' ? html`${notice(words.ordersWait)}${holdAdvice(desk, event)}` : ''
    }
${panel(words.expected, expectedDraw(desk, event, { room, places }))}
${panel(words.plan, deskForm(desk, { form, body: planFields(desk, form, event, room), submit: words.save, isChange: true }))}`,
  };
}

/** In a rush, places that nobody pays should return soon. */
function holdAdvice({ language }: Desk, { id, holdSeconds }: EventOfDesk): Html {
  const words = roomPlanWords[language];
  if (holdSeconds <= rushHoldMinutes * 60) return html``;
  const text = words.shorterHold(Math.round(holdSeconds / 60), rushHoldMinutes);
  return notice(html`${text} <a href="/desk/events/${id}/details">${words.toHold}</a>`);
}

function statePart(desk: Desk, event: EventOfDesk, room: Room): Html {
  const { language } = desk;
  const words = roomPlanWords[language];
  const time = (at: string) => formatDateTime(at, event.timeZone, language, 'medium');
  const tenths = (rate: number) => formatCount(Math.round(rate * 10) / 10, language);
  return panel(
    words.now,
    html`${facts([
      [words.phase, words.phases[room.phase] ?? room.phase],
      [words.preQueueOpensAt, time(room.preQueueOpensAt)],
      [words.freezesAt, time(room.freezesAt)],
      [words.drawAt, room.draw === null ? undefined : time(room.draw.beaconRoundAt)],
      [words.opensAt, time(room.opensAt)],
      [words.places, formatCount(room.places, language)],
      [words.waiting, formatCount(room.waiting, language)],
      [words.calling, room.isStill ? (room.isPaused ? words.paused : words.standsStill) : undefined],
      [words.admission, words.perSecond(tenths(room.admissionRate), tenths(room.rateMax))],
    ])}<div class="page-actions">${deskForm(desk, {
      form: desk.form(room.isPaused ? 'resume' : 'pause'),
      submit: room.isPaused ? words.resume : words.pause,
      isSmall: true,
    })}${room.phase === 'over' ? '' : linkButton(eventPath(desk, '/waiting-room/closure'), words.end, true)}</div>`,
  );
}

async function showClosure(desk: Desk): Promise<View> {
  const words = roomPlanWords[desk.language];
  const event = await ownEvent(desk);
  const backPath = eventPath(desk, '/waiting-room');
  return {
    title: words.end,
    ...eventView(event),
    eventSection: 'waitingRoom',
    body: confirmStep(desk, { act: 'end', text: words.endText, button: words.endButton, backPath }),
  };
}

/** A buyer's chances and waiting time, for the number of people that the organiser types. The form uses GET and changes nothing. */
function expectedDraw(
  desk: Desk,
  event: EventOfDesk,
  { room, places }: { readonly room: Room | undefined; readonly places: number },
): Html {
  const { language } = desk;
  const words = roomPlanWords[language];
  const asked = /^\d{1,8}$/.exec(desk.query('people') ?? '')?.[0];
  const people = asked === undefined ? Math.max(places * 5, 1000) : Number(asked);
  const rate = room?.rateMax ?? rateDefault;
  const perBuyer = event.ticketsPerOrderMax;
  const served = Math.min(people, places);
  const percent = people === 0 ? 100 : Math.round((served / people) * 100);
  const minutes = (buyers: number) => words.minutes(Math.ceil(buyers / rate / 60));
  const form = desk.form('ask');
  const field = textField(form, language, {
    name: 'people',
    label: words.people,
    value: String(people),
    inputmode: 'numeric',
    className: 'short',
  });
  return html`${askForm(desk, { form, body: field, submit: words.look })}
${facts([
  [words.chance, words.chanceText(percent, formatCount(places, language))],
  [
    words.chanceWorst,
    words.chanceWorstText(formatCount(Math.floor(places / Math.max(perBuyer, 1)), language), perBuyer),
  ],
  [words.lastCalled, minutes(served)],
  [words.wholeLine, minutes(people)],
])}<p class="hint">${words.fair}</p>`;
}

function planFields(desk: Desk, form: Form, event: EventOfDesk, room: Room | undefined): readonly Html[] {
  const { language, now } = desk;
  const words = roomPlanWords[language];
  const { timeZone } = event;
  const inMinutes = (minutes: number) => new Date(now.getTime() + minutes * minute).toISOString();
  const time = (name: 'preQueueOpensAt' | 'freezesAt' | 'opensAt', hint: string, value: string) =>
    timeField(form, language, { name, label: words[name], hint, value: room?.[name] ?? value, timeZone });
  return [
    fieldGroup(words.times, [
      time('preQueueOpensAt', words.preQueueHint, inMinutes(60)),
      time('freezesAt', words.freezesHint, inMinutes(110)),
      time('opensAt', words.opensHint, inMinutes(120)),
    ]),
    fieldGroup(words.pace, [
      numberField(form, language, {
        name: 'rateMax',
        label: words.rateMax,
        hint: words.rateHint,
        value: room?.rateMax ?? rateDefault,
      }),
      numberField(form, language, {
        name: 'turnMinutes',
        label: words.turnMinutes,
        value: Math.round((room?.turnSeconds ?? 300) / 60),
      }),
      numberField(form, language, {
        name: 'passMinutes',
        label: words.passMinutes,
        value: Math.round((room?.passSeconds ?? 600) / 60),
      }),
      selectField(form, language, {
        name: 'challengeDifficulty',
        label: words.work,
        hint: words.workHint,
        value: String(room?.challengeDifficulty ?? 0),
        options: [...new Set([...workOffered, room?.challengeDifficulty ?? 0])].map((tries) => ({
          value: String(tries),
          label: tries === 0 ? words.noWork : words.workTries(formatCount(tries, language)),
        })),
      }),
    ]),
  ];
}

const planRoom: Act = async (desk, values) => {
  const [{ timeZone }, now] = await Promise.all([ownEvent(desk), roomOf(desk)]);
  const chosen = <Value>(name: string, typed: Value, kept: Value | undefined): Value =>
    kept === undefined || values.isChanged(name) ? typed : kept;
  const time = (name: 'preQueueOpensAt' | 'freezesAt' | 'opensAt') =>
    chosen(name, values.time(name, timeZone), now?.[name]);
  const [freezesAt, opensAt] = [time('freezesAt'), time('opensAt')];
  // The lead has no field here, and belongs to its times: other times get the lead that fits them.
  const hasSameTimes = now !== undefined && freezesAt === now.freezesAt && opensAt === now.opensAt;
  await desk.api.put(roomPath, {
    param: eventParam(desk),
    json: {
      preQueueOpensAt: time('preQueueOpensAt'),
      freezesAt,
      opensAt,
      ...(hasSameTimes ? { drawLeadSeconds: now.drawLeadSeconds } : {}),
      challengeDifficulty: chosen(
        'challengeDifficulty',
        values.number('challengeDifficulty'),
        now?.challengeDifficulty,
      ),
      rateMax: chosen('rateMax', values.number('rateMax'), now?.rateMax),
      turnSeconds: chosen('turnMinutes', values.number('turnMinutes') * 60, now?.turnSeconds),
      passSeconds: chosen('passMinutes', values.number('passMinutes') * 60, now?.passSeconds),
    },
  });
  return done(desk.path, 'saved');
};

const endRoom: Act = async (desk) => {
  await desk.api.post('/v1/organizers/:slug/events/:eventId/waiting-room/closure', { param: eventParam(desk) });
  return done(eventPath(desk, '/waiting-room'), 'saved');
};

const pauseRoom: Act = async (desk) => {
  await desk.api.post('/v1/organizers/:slug/events/:eventId/waiting-room/pause', { param: eventParam(desk) });
  return done(desk.path, 'saved');
};

const resumeRoom: Act = async (desk) => {
  await desk.api.delete('/v1/organizers/:slug/events/:eventId/waiting-room/pause', { param: eventParam(desk) });
  return done(desk.path, 'saved');
};
