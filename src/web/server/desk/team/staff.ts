import { html } from 'hono/html';
import { highestRole, mayManage } from '../../../../access/index.ts';
import { statusWords } from '../../../i18n/words/desk/statuses.ts';
import { teamWords } from '../../../i18n/words/desk/team.ts';
import type { Html } from '../../layout.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../desk.ts';
import { changedChoice } from '../forms.ts';
import { localeField, selectField, textField } from '../parts/fields.ts';
import { confirmStep, deskForm } from '../parts/form.ts';
import { chip, linkButton, panel } from '../parts/pieces.ts';
import { pageQuery, paging, table } from '../parts/table.ts';
import { type EventName, type Reach, eventsOfDesk, eventsText, orNull, reachFields, roleText } from './reach-fields.ts';

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
  const [{ data, nextCursor }, events] = await Promise.all([
    desk.api.get('/v1/organizers/:slug/staff', { param: { slug }, query: pageQuery(desk) }),
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
      cell: (member) =>
        member.id === desk.member.id || mayEnd(desk, member)
          ? html`<a href="/desk/team/${member.id}">${member.name}</a>`
          : member.name,
    },
    { label: words.email, cell: ({ email }) => email },
    { label: words.role, cell: (member) => roleText(member, events, words) },
    { label: words.events, cell: ({ eventIds }) => eventsText(eventIds, events, words) },
    {
      label: words.status,
      cell: ({ status }) => chip(statusWords[language][status] ?? status, status === 'active' ? 'good' : 'plain'),
    },
  ],
})}${paging(desk, nextCursor)}${panel(words.invite, inviteForm(desk, events))}`,
  };
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
      ...reachFields(desk, form, events),
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
      eventIds: orNull(values.all('eventIds')),
      managerEventIds: orNull(values.all('managerEventIds')),
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
                ...reachFields(desk, form, events, made.member),
              ],
              submit: words.changeRole,
              isChange: true,
            }),
          )
        : ''
    }${mayEnd(desk, made.member) ? endingPart(desk, boxes) : html`<p class="lead">${words.byOwner}</p>`}`,
  };
}

/** An owner ends the access of everybody, a manager that of the door staff. */
const mayEnd = ({ member }: Desk, other: Reach) => mayManage({ ...member, kind: 'staff' }, highestRole(other));

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
  const chosen = (name: string, now: readonly string[]) => {
    const options = [...new Set([...events.map(({ id }) => id), ...now])];
    return orNull(changedChoice(values, name, { options, now }));
  };
  const role = values.isChanged('role') ? roleOf(values.text('role')) : member.role;
  const eventIds = chosen('eventIds', member.eventIds ?? []);
  const managerEventIds = chosen('managerEventIds', member.managerEventIds ?? []);
  // With another role, the member manages no single events any more.
  const isLeft = member.role === 'door' && role !== 'door';
  const json = { role, eventIds, ...(isLeft ? {} : { managerEventIds }) };
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
