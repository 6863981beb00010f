import { SignJWT } from 'jose';
import { isWithoutDate } from '../../catalog/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { colours } from '../../platform/colours.ts';
import { noDate } from '../../platform/text/no-date.ts';
import { groupTicketCode } from '../tickets/codes/group-ticket-code.ts';
import type { WalletPass } from './find-wallet-pass.ts';
import type { GoogleSettings } from './wallet-settings.ts';

const saveUrl = 'https://pay.google.com/gp/v/save/';
/** Browsers cut longer links, as Google warns. */
export const linkLengthMax = 1800;
/**
 * The parts that a pass may leave out or cut, in turn, until its link is short enough. The code and the name of the
 * event always stay.
 */
const sizes = [
  { textBytes: 200, hasVenue: true, hasDetails: true },
  { textBytes: 60, hasVenue: true, hasDetails: true },
  { textBytes: 60, hasVenue: false, hasDetails: true },
  { textBytes: 60, hasVenue: false, hasDetails: false },
  { textBytes: 24, hasVenue: false, hasDetails: false },
] as const;
type Size = (typeof sizes)[number];

export type GoogleWallet = {
  /** A signed link that adds the ticket to Google Wallet, at most `linkLengthMax` characters. Makes no call. */
  link(pass: WalletPass): Promise<string>;
};

/**
 * Makes links that contain the event and the ticket. A link is a URL, which browsers and servers remember, so it does
 * not name the holder. The door needs only the code.
 */
export function createGoogleWallet(settings: GoogleSettings, clock: Clock): GoogleWallet {
  return {
    link: async (pass) => {
      for (const size of sizes) {
        const link = `${saveUrl}${await sign(settings, payloadOf(settings, pass, size), clock.now())}`;
        if (link.length <= linkLengthMax) return link;
      }
      throw new Error('a link with the shortest texts is too long');
    },
  };
}

function sign({ account, key }: GoogleSettings, payload: object, at: Date): Promise<string> {
  return new SignJWT({ typ: 'savetowallet', payload })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
    .setIssuer(account)
    .setAudience('google')
    .setIssuedAt(at)
    .sign(key);
}

function payloadOf({ issuerId }: GoogleSettings, pass: WalletPass, { textBytes, hasVenue, hasDetails }: Size) {
  const { event, locale } = pass;
  // Google keeps the first text of a class, so a changed event and another language have classes of their own.
  const classId = `${issuerId}.${bareId(pass.eventId)}-${event.version}-${locale}`;
  const cut = (text: string): string => cutText(text, textBytes);
  const localized = (text: string) => ({ defaultValue: { language: locale, value: cut(text) } });
  const address = [event.address, event.city].filter((part) => part !== '').join(', ');
  return {
    eventTicketClasses: [
      {
        id: classId,
        issuerName: cut(pass.organizerName),
        reviewStatus: 'UNDER_REVIEW',
        eventName: localized(event.name),
        hexBackgroundColor: colours.accent,
        // Google wants both or none.
        ...(!hasVenue || event.venue === '' || address === ''
          ? {}
          : { venue: { name: localized(event.venue), address: localized(address) } }),
        ...(isWithoutDate(event)
          ? {}
          : {
              dateTime: {
                ...(hasDetails ? { doorsOpen: timeOf(event.doorsOpenAt) } : {}),
                start: timeOf(event.startsAt),
                ...(hasDetails ? { end: timeOf(event.endsAt) } : {}),
              },
            }),
      },
    ],
    eventTicketObjects: [
      {
        id: `${issuerId}.${bareId(pass.ticketId)}-${pass.transfer}`,
        classId,
        state: 'ACTIVE',
        ticketType: localized(pass.categoryName),
        ...(hasDetails && pass.orderCode !== null ? { reservationInfo: { confirmationCode: pass.orderCode } } : {}),
        barcode: { type: 'QR_CODE', value: pass.code, alternateText: groupTicketCode(pass.shortCode) },
        ...(isWithoutDate(event) ? { textModulesData: [{ id: 'date', body: noDate[locale] }] } : {}),
      },
    ],
  };
}

/** An id without its prefix, since each character counts. */
const bareId = (id: string): string => id.slice(id.indexOf('_') + 1);
/** 2027-03-01T12:00:00.000Z -> 2027-03-01T12:00:00Z */
const timeOf = (time: Date): string => time.toISOString().replace(/\.\d{3}/, '');

function cutText(text: string, bytesMax: number): string {
  if (Buffer.byteLength(text) <= bytesMax) return text;
  const ellipsis = '…';
  let [kept, bytes] = ['', Buffer.byteLength(ellipsis)];
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > bytesMax) break;
    kept += character;
  }
  return `${kept}${ellipsis}`;
}
