import type { Language } from '../../i18n/language.ts';
import { frameWords } from '../../i18n/words/desk/frame.ts';
import type { Data } from './api.ts';

type Member = Data<'/v1/sessions/current'>;

/** The sections of the desk's navigation. */
export type Section = 'events' | 'orders' | 'tasks' | 'reports' | 'team' | 'profile' | 'connections' | 'log';
/** The sections of an event's navigation. */
export type EventSection =
  | 'overview'
  | 'details'
  | 'picture'
  | 'tickets'
  | 'promoCodes'
  | 'questions'
  | 'schedule'
  | 'waitingRoom'
  | 'gates'
  | 'publication'
  | 'sale'
  | 'orders'
  | 'attendees'
  | 'devices';

/** Pages of the organiser that an event's pages link to. */
export const deskPaths = {
  paymentAccounts: '/desk/connections',
  senders: '/desk/connections',
  staff: '/desk/team',
} as const;

type Link<Name> = { readonly name: Name; readonly path: string; readonly label: string };

/** The member at the desk: the manager of some events works here as a manager who is limited to them, and is door staff elsewhere. */
export function memberAtDesk(member: Member): Member {
  const { managerEventIds } = member;
  return managerEventIds === undefined ? member : { ...member, role: 'manager', eventIds: managerEventIds };
}

/** Whether the member works at some events only, and sees nothing of the organizer itself. */
export const isLimited = ({ eventIds }: Member): boolean => eventIds !== undefined;

/** The pages that this member may open. Door staff work at the door, and have no page here but the first. */
export function sectionLinks(language: Language, member: Member): readonly Link<Section>[] {
  if (member.role === 'door') return [];
  const words = frameWords[language];
  const ofEvents: readonly Link<Section>[] = [
    { name: 'events', path: '/desk', label: words.events },
    { name: 'orders', path: '/desk/orders', label: words.orders },
  ];
  if (isLimited(member)) return ofEvents;
  return [
    ...ofEvents,
    { name: 'tasks', path: '/desk/tasks', label: words.tasks },
    { name: 'reports', path: '/desk/reports', label: words.reports },
    { name: 'team', path: '/desk/team', label: words.team },
    { name: 'profile', path: '/desk/profile', label: words.profile },
    { name: 'connections', path: '/desk/connections', label: words.connections },
    { name: 'log', path: '/desk/log', label: words.log },
  ];
}

/** The pages for the days of the sale. They come first once the event is public: on a phone, only the first few fit on the screen. */
const whileSelling: readonly EventSection[] = ['sale', 'orders', 'attendees'];

export function eventLinks(
  { id, status }: { readonly id: string; readonly status: string },
  language: Language,
): readonly Link<EventSection>[] {
  const words = frameWords[language];
  const path = `/desk/events/${id}`;
  const overview: Link<EventSection> = { name: 'overview', path, label: words.overview };
  const links: readonly Link<EventSection>[] = [
    { name: 'details', path: `${path}/details`, label: words.details },
    { name: 'picture', path: `${path}/picture`, label: words.picture },
    { name: 'tickets', path: `${path}/tickets`, label: words.tickets },
    { name: 'promoCodes', path: `${path}/promo-codes`, label: words.promoCodes },
    { name: 'questions', path: `${path}/questions`, label: words.questions },
    { name: 'schedule', path: `${path}/schedule`, label: words.schedule },
    { name: 'waitingRoom', path: `${path}/waiting-room`, label: words.waitingRoom },
    { name: 'gates', path: `${path}/gates`, label: words.gates },
    { name: 'publication', path: `${path}/publication`, label: words.publication },
    { name: 'sale', path: `${path}/sale`, label: words.sale },
    { name: 'orders', path: `${path}/orders`, label: words.orders },
    { name: 'attendees', path: `${path}/attendees`, label: words.attendees },
    { name: 'devices', path: `${path}/devices`, label: words.devices },
  ];
  if (status === 'draft') return [overview, ...links];
  const isFirst = ({ name }: Link<EventSection>) => whileSelling.includes(name);
  return [overview, ...links.filter(isFirst), ...links.filter((link) => !isFirst(link))];
}
