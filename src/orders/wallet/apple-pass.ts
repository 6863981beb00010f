import { createHash } from 'node:crypto';
import { type Zippable, zipSync } from 'fflate';
import { isWithoutDate, startText } from '../../catalog/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { colours, mutedOnAccent } from '../../platform/colours.ts';
import { createWorkGate } from '../../platform/resilience/work-gate.ts';
import { formatDateTime } from '../../platform/text/format-time.ts';
import { placeLine } from '../../platform/text/place-line.ts';
import { groupTicketCode } from '../tickets/codes/group-ticket-code.ts';
import type { WalletPass } from './find-wallet-pass.ts';
import { passImages } from './pass-images.ts';
import { passWords } from './pass-words.ts';
import { createManifestSigner } from './sign-manifest.ts';
import type { AppleSettings } from './wallet-settings.ts';

/** A signature takes two milliseconds, so this bounds how much of the event loop a rush takes. */
const signedAtOnceMax = 2;
const waitingMax = 200;
const waitMs = 5000;
const retryAfterSeconds = 3;

const colors = {
  backgroundColor: rgb(colours.accent),
  foregroundColor: rgb(colours.onAccent),
  labelColor: rgb(mutedOnAccent),
} as const;

/** A colour as Apple's passes have it. */
function rgb(hex: string): string {
  const [red, green, blue] = [1, 3, 5].map((from) => Number.parseInt(hex.slice(from, from + 2), 16));
  return `rgb(${red}, ${green}, ${blue})`;
}

export type AppleWallet = {
  /**
   * A signed pass for Apple Wallet (`.pkpass`).
   * @throws DomainError service.busy if too many passes wait to be signed
   */
  pass(pass: WalletPass): Promise<Uint8Array<ArrayBuffer>>;
};

/** Makes passes in the style of an event ticket. */
export function createAppleWallet(settings: AppleSettings, clock: Clock): AppleWallet {
  const gate = createWorkGate({
    work: 'wallet_pass',
    atOnceMax: signedAtOnceMax,
    waitingMax,
    waitMs,
    retryAfterSeconds,
  });
  const sign = createManifestSigner(settings);
  return {
    pass: async (pass) => {
      const leave = await gate.enter();
      try {
        const files: Record<string, Uint8Array> = { 'pass.json': bytesOf(passContent(settings, pass)), ...passImages };
        const manifest = bytesOf(Object.fromEntries(Object.entries(files).map(([name, file]) => [name, sha1(file)])));
        return zip({ ...files, 'manifest.json': manifest, signature: await sign(manifest, clock.now()) });
      } finally {
        leave();
      }
    },
  };
}

/** PNG files are compressed already, and the rest is small. */
function zip(files: Record<string, Uint8Array>): Uint8Array<ArrayBuffer> {
  const stored: Zippable = Object.fromEntries(
    Object.entries(files).map(([name, file]) => [name, [file, { level: 0 }]]),
  );
  return zipSync(stored);
}

const bytesOf = (content: unknown): Uint8Array<ArrayBuffer> => new TextEncoder().encode(JSON.stringify(content));
/** The format demands SHA-1 here; the signature over the manifest has SHA-256. */
const sha1 = (file: Uint8Array): string => createHash('sha1').update(file).digest('hex');

function passContent({ passTypeId, teamId }: AppleSettings, pass: WalletPass) {
  const { event, locale } = pass;
  const words = passWords[locale];
  const hasNoDate = isWithoutDate(event);
  const doors = hasNoDate
    ? []
    : [
        {
          key: 'doors',
          label: words.doors,
          value: formatDateTime(event.doorsOpenAt, event.timeZone, locale, 'medium'),
        },
      ];
  return {
    formatVersion: 1,
    passTypeIdentifier: passTypeId,
    teamIdentifier: teamId,
    // A phone keeps one pass per serial number: a newer pass replaces the older one.
    serialNumber: pass.ticketId,
    organizationName: pass.organizerName,
    description: words.ticketTo(event.name),
    ...colors,
    sharingProhibited: true,
    ...(hasNoDate ? {} : { relevantDate: event.doorsOpenAt.toISOString(), expirationDate: event.endsAt.toISOString() }),
    barcodes: [
      {
        format: 'PKBarcodeFormatQR',
        message: pass.code,
        messageEncoding: 'iso-8859-1',
        altText: groupTicketCode(pass.shortCode),
      },
    ],
    eventTicket: {
      primaryFields: [{ key: 'event', label: pass.organizerName, value: event.name }],
      secondaryFields: [
        { key: 'category', label: words.category, value: pass.categoryName },
        { key: 'holder', label: words.holder, value: pass.holderName },
      ],
      auxiliaryFields: [{ key: 'starts', label: words.starts, value: startText(event, locale) }, ...doors],
      backFields: [
        { key: 'where', label: words.where, value: placeLine(event) },
        ...(pass.orderCode === null ? [] : [{ key: 'order', label: words.order, value: pass.orderCode }]),
        { key: 'code', label: words.code, value: groupTicketCode(pass.shortCode) },
        { key: 'organizer', label: words.organizer, value: pass.organizerName },
        { key: 'about', label: words.about, value: words.note },
      ],
    },
  };
}
