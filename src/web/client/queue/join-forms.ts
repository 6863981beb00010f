import { joinWords } from '../../i18n/words/queue/queue-join.ts';
import { refusalWords } from '../../i18n/words/refusals.ts';
import { type Answer, call } from '../shared/calls/api.ts';
import { byId, setText, show, whileBusy } from '../shared/dom.ts';
import { keepKnownClient, knownClient } from '../shared/calls/known-client.ts';
import { looksRight, setFault, setFaults, setMessage } from '../shared/forms/form-faults.ts';
import { keepForOtherLanguage } from '../shared/forms/other-language.ts';
import { pageLanguage } from '../shared/page-language.ts';
import { type PhoneField, phoneField } from '../event/phone-field.ts';
import { refusalText } from '../shared/forms/refusal-text.ts';
import { suggestDomains } from '../shared/forms/suggest-domains.ts';
import { serverNow } from '../shared/calls/server-clock.ts';
import type { Address, Held, HeldPlace } from './held-place.ts';

const words = joinWords[pageLanguage];
const messageId = 'form-message';

/**
 * The forms of taking a place: an address, then its code. Their results are written into `mine`; the page continues
 * from there, even after a reload.
 */
export function watchJoinForms(slug: string, mine: HeldPlace, onChange: () => void): void {
  const phone = phoneField(slug);
  suggestDomains();
  const ask = async (address: Address): Promise<boolean> => {
    const { kind, text, ...country } = address;
    const target = kind === 'email' ? { email: text } : { phone: text, ...country };
    const answer = await call<{ verificationId: string; expiresAt: string }>('POST', '/v1/buyers/verifications', {
      body: { ...target, eventSlug: slug, locale: pageLanguage, ...knownClient('buyer') },
    });
    if (answer.kind !== 'ok') {
      sayRefusal(answer);
      const fault = answer.kind === 'refused' && answer.problem.errors.find(({ path }) => path === kind);
      if (fault) setFault(kind, fault.code ?? true);
      return false;
    }
    setMessage(messageId, '');
    const { verificationId, expiresAt } = answer.body;
    mine.write({ ...mine.read(), asked: { verificationId, address, expiresAt } });
    onChange();
    return true;
  };

  const confirm = async (): Promise<void> => {
    const { asked, ...held } = mine.read();
    if (asked === undefined) return onChange();
    const code = byId('otp', HTMLInputElement).value.trim();
    const answer = await call<{ buyerToken: string; expiresAt: string; knownClientToken: string }>(
      'POST',
      '/v1/buyers/confirmations',
      {
        body: { verificationId: asked.verificationId, code },
      },
    );
    if (answer.kind !== 'ok') return sayRefusal(answer);
    const { buyerToken, expiresAt, knownClientToken } = answer.body;
    keepKnownClient('buyer', knownClientToken);
    mine.write({ ...held, buyer: { token: buyerToken, address: asked.address, expiresAt } });
    byId('otp', HTMLInputElement).value = '';
    setMessage(messageId, '');
    onChange();
  };

  whenSent('address-form', 'send-code', async () => {
    const address = await addressGiven(phone);
    if (address !== undefined && (await ask(address))) byId('otp').focus();
  });
  whenSent('code-form', 'confirm', async () => {
    const isRight = looksRight['otp']?.(byId('otp', HTMLInputElement).value.trim()) ?? true;
    if (!setFaults(['otp'], isRight ? [] : ['otp'])) await confirm();
  });
  for (const radio of document.querySelectorAll<HTMLInputElement>('[name="way"]'))
    radio.addEventListener('change', showWay);
  showWay();
  const again = byId('send-again', HTMLButtonElement);
  again.addEventListener('click', () => {
    const { asked } = mine.read();
    if (asked === undefined || again.disabled) return;
    void whileBusy(again, () => ask(asked.address)).then(
      (isSent) => isSent && setMessage(messageId, words.sentAgain, 'good'),
    );
  });
  byId('change-address').addEventListener('click', () => {
    const { asked: _asked, ...held } = mine.read();
    mine.write(held);
    setMessage(messageId, '');
    onChange();
    byId(chosenWay()).focus();
  });
}

/**
 * The step that is visible.
 * @param canJoin whether a place can be had now, or an address be confirmed for one
 */
export function showJoinForms(held: Held, { canJoin, isOpen }: { canJoin: boolean; isOpen: boolean }): void {
  const asked = held.asked !== undefined && Date.parse(held.asked.expiresAt) > serverNow() ? held.asked : undefined;
  const isConfirmed = held.buyer !== undefined;
  show('join', canJoin && (isOpen || !isConfirmed));
  show('address-form', !isConfirmed && asked === undefined);
  show('code-form', !isConfirmed && asked !== undefined);
  show('joining', isConfirmed && isOpen);
  if (asked !== undefined) setText('sent-to', words.sent(asked.address.text));
}

/** The address as filled in, a phone as the service reads it; undefined if it is invalid, which is then shown. */
async function addressGiven(phone: PhoneField): Promise<Address | undefined> {
  const kind = chosenWay();
  const text = byId(kind, HTMLInputElement).value.trim();
  const isRight = looksRight[kind]?.(text) ?? true;
  if (setFaults(['email', 'phone'], isRight ? [] : [kind])) return undefined;
  if (kind === 'email') return { kind, text };
  const read = await phone.read();
  if ('fault' in read) {
    setFaults(['phone'], ['phone'], { phone: read.fault });
    return undefined;
  }
  const { phoneCountry } = read.given;
  return { kind, text: read.text, ...(phoneCountry === undefined ? {} : { phoneCountry }) };
}

function chosenWay(): Address['kind'] {
  return document.querySelector<HTMLInputElement>('[name="way"]:checked')?.value === 'phone' ? 'phone' : 'email';
}

function showWay(): void {
  show('by-email', chosenWay() === 'email');
  show('by-phone', chosenWay() === 'phone');
}

/** Prevents a second request while one is in flight. */
function whenSent(formId: string, buttonId: string, send: () => Promise<void>): void {
  const button = byId(buttonId, HTMLButtonElement);
  const form = byId(formId, HTMLFormElement);
  keepForOtherLanguage(form);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!button.disabled) void whileBusy(button, send, byId('stage-title'));
  });
}

function sayRefusal(answer: Exclude<Answer<unknown>, { kind: 'ok' }>): void {
  if (answer.kind !== 'refused') return setMessage(messageId, refusalWords[pageLanguage].unreachable);
  setMessage(messageId, refusalText(answer.problem, answer.retryAfterMs));
}
