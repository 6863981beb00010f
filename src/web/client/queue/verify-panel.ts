import { formatCount } from '../../../platform/text/format-money.ts';
import { verifyWords } from '../../i18n/words/queue/queue-verify.ts';
import { call } from '../shared/calls/api.ts';
import { byId, element, whileBusy } from '../shared/dom.ts';
import { pageLanguage } from '../shared/page-language.ts';
import type { Held } from './held-place.ts';
import type { DrawsView, ProofView } from './queue-view.ts';
import { type Check, type DrawnPlace, verifyPlace } from './verify-place.ts';

const words = verifyWords[pageLanguage];

/**
 * The button that repeats the draw for this browser's place. It reads public addresses with the same answer for everybody.
 * The secret salt stays in the browser.
 * @param of what this browser holds, and the position that the page shows
 */
export function watchVerifyPanel(slug: string, of: () => { held: Held; shown: number | undefined }): void {
  const button = byId('verify', HTMLButtonElement);
  button.disabled = false;
  button.addEventListener('click', () => {
    say(words.working);
    byId('checks').replaceChildren();
    void whileBusy(button, async () => {
      showResult(await verify(slug, of()));
      button.textContent = words.again;
    });
  });
}

type Result = DrawnPlace | 'no_place' | 'not_yet' | 'unreachable';

async function verify(slug: string, { held, shown }: { held: Held; shown: number | undefined }): Promise<Result> {
  const { place, seen = [] } = held;
  if (place === undefined) return 'no_place';
  const base = `/v1/events/${slug}/queue`;
  const draws = await call<DrawsView>('GET', `${base}/draws`);
  if (draws.kind !== 'ok') return 'unreachable';
  const frozen = draws.body.draws[draws.body.draws.length - 1]?.places ?? 0;
  const proof = place.index < frozen ? await call<ProofView>('GET', `${base}/proofs/${place.index}`) : undefined;
  if (proof !== undefined && proof.kind !== 'ok') {
    const isPending = proof.kind === 'refused' && proof.problem.code === 'queue.list_not_frozen';
    return isPending ? 'not_yet' : 'unreachable';
  }
  try {
    const { isRoundSigned } = await import('./check-beacon.ts');
    return verifyPlace(draws.body, proof?.body, { place, seen, shown }, isRoundSigned) ?? 'not_yet';
  } catch {
    // The file that checks signatures could not be loaded.
    return 'unreachable';
  }
}

function showResult(result: Result): void {
  if (result === 'no_place') return say(words.noPlace);
  if (result === 'not_yet') return say(words.notYet);
  if (result === 'unreachable') return say(words.unreachable, 'bad');
  const number = formatCount(result.position + 1, pageLanguage);
  const places = formatCount(result.places, pageLanguage);
  const isWrong = result.checks.some(({ verdict }) => verdict === 'wrong');
  const isOpen = result.checks.some(({ verdict }) => verdict === 'open');
  const isLate = result.position >= result.places;
  if (isWrong) say(words.wrong, 'bad');
  else if (isLate) say(words.late(number), 'good');
  else say(isOpen ? words.someOpen(number, places) : words.allRight(number, places), 'good');
  byId('checks').replaceChildren(...result.checks.map(row));
  if (result.number > 1)
    byId('verdict').append(element('p', { className: 'muted small', text: words.repeated(result.number) }));
  if (!result.isPublicBeacon)
    byId('verdict').append(element('p', { className: 'muted small', text: words.testBeacon }));
}

function row({ name, verdict }: Check): HTMLElement {
  const sign = element('span', { className: `verdict verdict-${verdict}`, text: words.verdicts[verdict] });
  const about = verdict === 'open' ? words.openText[name] : undefined;
  const text = element('span', { text: words.checks[name] });
  if (about !== undefined) text.append(element('span', { className: 'muted small', text: ` ${about}` }));
  return element('li', {}, sign, text);
}

function say(sentence: string, mood?: 'good' | 'bad'): void {
  const className = mood === undefined ? 'muted' : `notice notice-${mood}`;
  byId('verdict').replaceChildren(element('p', { className, text: sentence }));
}
