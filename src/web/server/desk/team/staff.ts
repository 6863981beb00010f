import { html } from 'hono/html';
import { mayManage } from '../../../../access/index.ts';
import { statusWords } from '../../../i18n/words/desk/statuses.ts';
import { teamWords } from '../../../i18n/words/desk/team.ts';
import type { Html } from '../../layout.ts';
import type { Data } from '../api.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../desk.ts';
import { type Form, type FormValues, changedChoice, showChoice } from '../forms.ts';
import { hiddenField, localeField, selectField, textField } from '../parts/fields.ts';
import { confirmStep, deskForm } from '../parts/form.ts';
import { chip, linkButton, panel } from '../parts/pieces.ts';
import { paging, table } from '../parts/table.ts';

const roles = ['owner', 'manager', 'door'] as const;
type Role = (typeof roles)[number];

/** Staff: list, invite, change, and end their access. */
export function staffPages(addPage: AddPage): void {
  addPage('/desk/team', showStaff, { invite });
  addPage('/desk/team/:staffId', showMember, { role: changeRole, signOut, disable });
}

async function showStaff(desk: Desk): Promise<View> {
  const { language, slug } = desk;
  const words = teamWords[language];
  const cursor = desk.query('cursor');
  const [{ data, nextCursor }, events] = await Promise.all([
    desk.api.get('/v1/organizers/:slug/staff', { param: { slug }, query: cursor === undefined ? {} : { cursor } }),
    eventsOfDesk(desk),
  ]);
  return {
    title: words.staff,
    section: 'team',
    body: html`${desk.member.role === 'owner' ? html`<p class="page-actions">${linkButton('/desk/api-keys', words.keys, true)}</p>` : ''}
${table({
  caption: words.staff,
  rows: data,
  columns: [
    {
      label: words.name,
      cell: ({ id, name, role }) =>
        id === desk.member.id || mayEnd(desk, role) ? html`<a href="/desk/team/${id}">${name}</a>` : name,
    },
    { label: words.email, cell: ({ email }) => email },
    { label: words.role, cell: ({ role }) => words.roles[role] },
    { label: words.events, cell: ({ eventIds }) => eventsText(eventIds, events, words) },
    {
      label: words.status,
      cell: ({ status }) => chip(statusWords[language][status] ?? status, status === 'active' ? 'good' : 'plain'),
    },
  ],
})}${paging(desk, nextCursor)}${panel(words.invite, inviteForm(desk, events))}`,
  };
}

type EventName = Pick<Data<'/v1/organizers/:slug/events'>['data'][number], 'id' | 'name'>;

/** The form offers this many events. Limits to other events are set through the API. */
const eventsShownMax = 100;

async function eventsOfDesk({ api, slug }: Desk): Promise<readonly EventName[]> {
  return (await api.get('/v1/organizers/:slug/events', { param: { slug }, query: { limit: eventsShownMax } })).data;
}

type Words = (typeof teamWords)['id'];

function eventsText(eventIds: readonly string[] | null, events: readonly EventName[], words: Words): string {
  if (eventIds === null) return words.allEvents;
  return eventIds.map((eventId) => events.find(({ id }) => id === eventId)?.name ?? eventId).join(', ');
}

function eventBoxes(form: Form, events: readonly EventName[], limited: readonly string[], words: Words): Html {
  if (events.length === 0) return html``;
  const chosen = form.values?.all('eventIds') ?? limited;
  showChoice(form, 'eventIds', { options: events.map(({ id }) => id), chosen: limited });
  // Limits to events that the form does not offer are kept.
  const kept = limited.filter((eventId) => !events.some(({ id }) => id === eventId));
  const boxes = events.map(
    ({ id, name }) =>
      html`<label class="agree"><input type="checkbox" name="eventIds" value="${id}"${chosen.includes(id) ? html` checked` : ''}><span>${name}</span></label>`,
  );
  return html`<fieldset class="field"><legend>${words.onlyEvents}</legend>${kept.map((id) => hiddenField('eventIds', id))}${boxes}<p class="hint">${words.onlyEventsHint}</p></fieldset>`;
}

function chosenEvents(values: FormValues): string[] | null {
  const chosen = [...values.all('eventIds')];
  return chosen.length === 0 ? null : chosen;
}

/** Owners may invite any role, managers only door staff. The API enforces it. */
function roleOptions(desk: Desk) {
  const words = teamWords[desk.language];
  const offered = desk.member.role === 'owner' ? roles : roles.filter((role) => role === 'door');
  return offered.toReversed().map((role) => ({ value: role, label: words.roles[role] }));
}

function inviteForm(desk: Desk, events: readonly EventName[]): Html {
  const { language } = desk;
  const words = teamWords[language];
  const form = desk.form('invite');
  return html`<p>${words.inviteLead}</p>${deskForm(desk, {
    form,
    body: [
      textField(form, language, { name: 'name', label: words.name, maxlength: 120, autocomplete: 'off' }),
      textField(form, language, {
        name: 'email',
        label: words.email,
        type: 'email',
        maxlength: 254,
        autocomplete: 'off',
      }),
      selectField(form, language, { name: 'role', label: words.role, options: roleOptions(desk) }),
      eventBoxes(form, events, [], words),
      localeField(form, language, words.locale),
    ],
    submit: words.sendInvitation,
  })}`;
}

const roleOf = (text: string): Role => roles.find((role) => role === text) ?? 'door';

const invite: Act = async (desk, values) => {
  await desk.api.post('/v1/organizers/:slug/staff', {
    param: { slug: desk.slug },
    json: {
      name: values.text('name'),
      email: values.text('email'),
      role: roleOf(values.text('role')),
      locale: values.text('locale') === 'en' ? 'en' : 'id',
      eventIds: chosenEvents(values),
    },
  });
  return done('/desk/team', 'invited');
};

const memberParam = (desk: Desk) => ({ slug: desk.slug, staffId: desk.param('staffId') });

async function showMember(desk: Desk): Promise<View> {
  const { language } = desk;
  const words = teamWords[language];
  const [made, events] = await Promise.all([
    desk.api.get('/v1/organizers/:slug/staff/:staffId/access', { param: memberParam(desk) }),
    eventsOfDesk(desk),
  ]);
  const form = desk.form('role');
  const kinds = [
    ['api_keys', made.apiKeys.map(({ name }) => name)],
    ['devices', made.devices.map(({ name }) => name)],
    ['invitations', made.invitations.map(({ name }) => name)],
  ] as const;
  const kept = kinds.filter(([, names]) => names.length > 0);
  const boxes = kept.map(
    ([kind, names]) =>
      html`<p class="check"><input type="checkbox" id="keep-${kind}" name="keep" value="${kind}"><label for="keep-${kind}">${words.keepKinds[kind]}: ${names.join(', ')}</label></p>`,
  );
  return {
    title: made.member.name,
    section: 'team',
    body: html`${
      desk.member.role === 'owner'
        ? panel(
            words.changeRole,
            deskForm(desk, {
              form,
              body: [
                selectField(form, language, {
                  name: 'role',
                  label: words.role,
                  value: made.member.role,
                  options: roleOptions(desk),
                }),
                eventBoxes(form, events, made.member.eventIds ?? [], words),
              ],
              submit: words.changeRole,
              isChange: true,
            }),
          )
        : ''
    }${mayEnd(desk, made.member.role) ? endingPart(desk, boxes) : html`<p class="lead">${words.byOwner}</p>`}`,
  };
}

/** An owner ends the access of everybody, a manager that of the door staff. */
const mayEnd = ({ member }: Desk, role: Role) => mayManage({ ...member, kind: 'staff' }, role);

function endingPart(desk: Desk, boxes: readonly Html[]): Html {
  const words = teamWords[desk.language];
  return html`${panel(words.signOut, deskForm(desk, { form: desk.form('signOut'), submit: words.signOut, isSmall: true }))}
<h2>${words.disable}</h2>${confirmStep(desk, {
    act: 'disable',
    text: words.disableText,
    body:
      boxes.length === 0
        ? html`<p>${words.madeNothing}</p>`
        : html`<fieldset class="field-group"><legend>${words.keep}</legend>${boxes}</fieldset>`,
    button: words.disableConfirm,
    backPath: '/desk/team',
  })}`;
}

const changeRole: Act = async (desk, values) => {
  const param = memberParam(desk);
  const [{ member }, events] = await Promise.all([
    desk.api.get('/v1/organizers/:slug/staff/:staffId/access', { param }),
    eventsOfDesk(desk),
  ]);
  const now = member.eventIds ?? [];
  const options = [...new Set([...events.map(({ id }) => id), ...now])];
  const eventIds = changedChoice(values, 'eventIds', { options, now });
  const role = values.isChanged('role') ? roleOf(values.text('role')) : member.role;
  const json = { role, eventIds: eventIds.length === 0 ? null : eventIds };
  await desk.api.patch('/v1/organizers/:slug/staff/:staffId', { param, json });
  return done('/desk/team', 'saved');
};

const signOut: Act = async (desk) => {
  await desk.api.delete('/v1/organizers/:slug/staff/:staffId/sessions', { param: memberParam(desk) });
  return done('/desk/team', 'signedOut');
};

const disable: Act = async (desk, values) => {
  const keep = values.all('keep').join(',');
  await desk.api.delete('/v1/organizers/:slug/staff/:staffId', {
    param: memberParam(desk),
    query: keep === '' ? {} : { keep },
  });
  return done('/desk/team', 'accessEnded');
};
