import { refusalsOf } from '../platform/errors.ts';

export const accessProblems = {
  'access.unauthenticated': { status: 401, title: 'Not signed in' },
  'access.forbidden': { status: 403, title: 'Not allowed' },
  'access.scope_missing': { status: 403, title: 'Scope missing' },
  'access.limit_reached': { status: 409, title: 'Limit reached' },
  'access.link_limited': { status: 429, title: 'Too many links' },
  'access.link_invalid': { status: 400, title: 'Link not valid' },
  'access.choice_needed': { status: 409, title: 'Choose what to keep' },
  'access.keep_unknown': { status: 409, title: 'Unknown id to keep' },
  'access.cross_site': { status: 403, title: 'Cross-site request' },
  'session.refused': { status: 401, title: 'Sign-in refused' },
  'session.limited': { status: 429, title: 'Too many sign-ins' },
  'session.not_found': { status: 404, title: 'Session not found' },
  'organizer.slug_taken': { status: 409, title: 'Name taken' },
  'organizer.sign_up_closed': { status: 403, title: 'Not open for sign-up' },
  'staff.not_found': { status: 404, title: 'Staff member not found' },
  'staff.email_in_use': { status: 409, title: 'Address in use' },
  'staff.invited_too_often': { status: 429, title: 'Invited too often' },
  'staff.last_owner': { status: 409, title: 'Last owner' },
  'staff.owner_not_limited': { status: 409, title: 'Owners are not limited' },
  'staff.not_door_staff': { status: 409, title: 'Not door staff' },
  'api_key.not_found': { status: 404, title: 'API key not found' },
  'device.not_found': { status: 404, title: 'Device not found' },
  'event.not_found': { status: 404, title: 'Event not found' },
  'order.not_found': { status: 404, title: 'Order not found' },
  'verification.phone_not_possible': { status: 409, title: 'Not possible by phone' },
  'verification.limited': { status: 429, title: 'Too many codes' },
  'verification.refused': { status: 403, title: 'Code refused' },
} as const;

export type AccessErrorCode = keyof typeof accessProblems;

const { refusal, tryLater } = refusalsOf<AccessErrorCode>();

export const unauthenticated = () =>
  refusal('access.unauthenticated', 'Sign in, or send a valid key as "Authorization: Bearer ...".');

export const forbidden = () => refusal('access.forbidden', 'Your role does not allow this.');

/** @param enough the scopes, of which the key needs one */
export const scopeMissing = (enough: readonly string[]) =>
  refusal('access.scope_missing', `This key needs the scope ${enough.join(' or ')}.`, { scopes: enough });

export const limitReached = (max: number) =>
  refusal('access.limit_reached', `The limit of ${max} is reached; end one first.`, { max });

/** One answer for a link that is forged, used, replaced or expired. */
export const linkInvalid = () =>
  refusal('access.link_invalid', 'This link is invalid or has expired; request a new one.');

/** Counted for known and unknown addresses alike. */
export const linkLimited = (retryAfterSeconds: number) =>
  tryLater(
    'access.link_limited',
    'No link was sent: too many were requested for this address. Wait a while, or use a device or network from which you have signed in before.',
    retryAfterSeconds,
  );

/** @param made the member's open access by kind, with ids and names */
export const choiceNeeded = (made: Readonly<Record<string, unknown>>) =>
  refusal(
    'access.choice_needed',
    'This account has created API keys, devices or invitations that still work. List in keep those that stay; the others end.',
    { made },
  );

/** @param ids named ids that are not, or no longer, among the member's access */
export const keepUnknown = (ids: readonly string[]) =>
  refusal('access.keep_unknown', 'One of the ids in keep does not exist, or was not created by this member.', {
    unknown: ids,
  });

/** The order's cookie is right, but the request does not come from one of our pages. */
export const crossSiteRefused = () =>
  refusal(
    'access.cross_site',
    'The cookie of an order does not authorize changes from another site; send the order\'s token as "Authorization: Bearer ...".',
  );

/** One answer for an unknown address, a wrong password, and a member who may not sign in. */
export const signInRefused = () => refusal('session.refused', 'The email address or password is wrong.');

export const signInLimited = (retryAfterSeconds: number) =>
  tryLater('session.limited', 'Too many sign-in attempts for this account; wait a while.', retryAfterSeconds);

export const sessionNotFound = () => refusal('session.not_found', 'There is no such session.');

export const organizerSlugTaken = (slug: string) =>
  refusal('organizer.slug_taken', `The organiser "${slug}" already exists.`);

export const signUpClosed = () =>
  refusal('organizer.sign_up_closed', 'Organisers are created by the operator of this service.');

export const staffNotFound = () => refusal('staff.not_found', 'There is no such staff member.');

export const staffEmailInUse = () =>
  refusal('staff.email_in_use', 'This address already signs in, here or for another organiser; use another one.');

export const staffInvitedTooOften = (retryAfterSeconds: number) =>
  tryLater(
    'staff.invited_too_often',
    'This member was invited too often; wait before the next invitation.',
    retryAfterSeconds,
  );

export const lastOwner = () =>
  refusal('staff.last_owner', 'An organiser needs at least one active owner; make another member an owner first.');

export const apiKeyNotFound = () => refusal('api_key.not_found', 'There is no such API key.');

export const deviceNotFound = () => refusal('device.not_found', 'There is no such device.');

/** One answer for an event that does not exist and for another organiser's. */
export const eventNotFound = () => refusal('event.not_found', 'There is no such event.');

/** One answer for an order that does not exist, another's, and a wrong link. */
export const orderNotFound = () => refusal('order.not_found', 'There is no such order, or its link is wrong.');

export const ownerNotLimited = () =>
  refusal('staff.owner_not_limited', 'An owner works at all events. Choose another role, or all events.');

export const notDoorStaff = () =>
  refusal('staff.not_door_staff', 'Only a member with the role door can be the manager of single events.');

/** Reveals only whether the organiser can write to phones, nothing about this phone. */
export const phoneNotPossible = () =>
  refusal(
    'verification.phone_not_possible',
    'Codes are sent to phones only for an event whose organiser can send them; use an email.',
  );

/** One answer, whether this network or another one has asked for too many codes. */
export const verificationLimited = (retryAfterSeconds: number) =>
  tryLater(
    'verification.limited',
    'No code was sent or checked: too many codes were requested or tried. Wait a while.',
    retryAfterSeconds,
  );

/** One answer for a wrong, late or too often tried code, and for an unknown verification. */
export const verificationRefused = () =>
  refusal('verification.refused', 'This code is wrong or has expired; request a new one.');
