import { formatClockIn } from '../../../platform/text/format-time.ts';
import { roomWords } from '../../i18n/words/room.ts';
import { call } from '../shared/api.ts';
import { byId, localStorageIfAny, setText, show } from '../shared/dom.ts';
import { pageLanguage } from '../shared/page-language.ts';
import { type Address, goodPass, heldPlace, spend } from '../queue/held-place.ts';
import type { QueueView } from '../queue/queue-view.ts';
import { serverNow } from '../shared/server-clock.ts';

/** Whether this browser may order where an event has a waiting room, and with what. */
export type RoomGate = {
  /** For the header of the order; undefined when there is none that is good. */
  pass(): string | undefined;
  isClosed(): boolean;
  /** The pass has placed this order, or is known to have placed one. */
  spent(orderId: string): void;
};

const words = roomWords[pageLanguage];
const lookMs = 1000;

/**
 * Shows beside the tickets what the waiting room asks for: a way to it, or until when the turn lasts. The page is the same
 * for everybody and may be some seconds old, so the room is asked for once more.
 * @param onChange called when the gate opens or closes
 */
export function roomGate(slug: string, timeZone: string, onChange: () => void): RoomGate {
  const mine = heldPlace(slug, localStorageIfAny());
  const hasNotice = document.getElementById('room') !== null;
  let isNeeded = hasNotice;
  let hadPass = false;
  let isWatching = false;

  const goodNow = () => {
    const held = mine.read();
    return held.spentBy === undefined ? goodPass(held, serverNow()) : undefined;
  };
  const isClosed = () => isNeeded && goodNow() === undefined;
  const showGate = (): void => {
    if (!hasNotice) return;
    show('room', isNeeded);
    const pass = goodNow();
    show('room-link', pass === undefined);
    byId('room').classList.toggle('notice-good', pass !== undefined);
    const address = mine.read().place?.address;
    if (pass !== undefined) {
      const time = formatClockIn(pass.expiresAt, timeZone, pageLanguage);
      setText('room-title', words.yourTurn);
      setText('room-text', words.orderWith(time, address?.text ?? ''));
      if (!hadPass && address !== undefined) fillIn(address);
    } else if (hadPass) {
      const isSpent = mine.read().spentBy !== undefined;
      setText('room-title', isSpent ? words.spentTitle : words.passEndedTitle);
      setText('room-text', isSpent ? words.spent : words.passEnded);
    }
    const wasOpen = hadPass;
    hadPass = pass !== undefined;
    if (isWatching && wasOpen !== hadPass) onChange();
  };
  showGate();
  isWatching = true;
  if (hasNotice) {
    setInterval(showGate, lookMs);
    void call<QueueView>('GET', `/v1/events/${slug}/queue`).then((answer) => {
      if (answer.kind !== 'ok') return;
      const { phase } = answer.body;
      isNeeded = phase !== 'over';
      if (goodNow() === undefined) {
        setText('room-title', words.phases[phase]);
        setText('room-text', words.phaseText[phase]);
      }
      showGate();
      onChange();
    });
  }
  return {
    pass: () => goodNow()?.text,
    isClosed,
    spent: (orderId) => {
      mine.write(spend(mine.read(), orderId));
      showGate();
    },
  };
}

/** The order's email or phone must be the one that was confirmed. */
function fillIn({ kind, text, phoneCountry }: Address): void {
  const input = document.getElementById(kind);
  if (!(input instanceof HTMLInputElement) || input.value !== '') return;
  input.value = text;
  if (phoneCountry !== undefined) byId('phone-country', HTMLSelectElement).value = phoneCountry;
  // What watches the field sees it as if it had been typed.
  input.dispatchEvent(new Event('change'));
}
