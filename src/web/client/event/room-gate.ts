import { formatClockIn } from '../../../platform/text/format-time.ts';
import { roomWords } from '../../i18n/words/room.ts';
import { call } from '../shared/calls/api.ts';
import { byId, setText, show } from '../shared/dom.ts';
import { pageLanguage } from '../shared/page-language.ts';
import { pageStorage } from '../shared/page-storage.ts';
import { type Address, goodPass, heldPlace, spend } from '../queue/held-place.ts';
import type { QueueView } from '../queue/queue-view.ts';
import { serverNow } from '../shared/calls/server-clock.ts';

/** Whether this browser may order at an event with a waiting room, and the pass for it. */
export type RoomGate = {
  /** The pass for the order's header; undefined without a valid one. */
  pass(): string | undefined;
  isClosed(): boolean;
  /** Call this when the pass has placed an order, or is known to have placed one. */
  spent(orderId: string): void;
};

const words = roomWords[pageLanguage];
const lookMs = 1000;

/**
 * Shows what the waiting room requires: a link to it, or how long the turn lasts. The cached page may be some seconds old,
 * so the room is read again.
 * @param onChange called when ordering becomes possible or impossible
 */
export function roomGate(slug: string, timeZone: string, onChange: () => void): RoomGate {
  const mine = heldPlace(slug, pageStorage('localStorage'));
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

/** The order's email or phone must be the confirmed one. */
function fillIn({ kind, text, phoneCountry }: Address): void {
  const input = document.getElementById(kind);
  if (!(input instanceof HTMLInputElement) || input.value !== '') return;
  input.value = text;
  if (phoneCountry !== undefined) byId('phone-country', HTMLSelectElement).value = phoneCountry;
  // Listeners of the field must see this as typed input.
  input.dispatchEvent(new Event('change'));
}
