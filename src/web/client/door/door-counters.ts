import { doorWords } from '../../i18n/words/door.ts';
import { setText } from '../shared/dom.ts';
import { doorCall } from './door-session.ts';
import { pageLanguage } from '../shared/page-language.ts';
import { type Poll, poll } from '../shared/poll.ts';
import { backOff, spread } from '../shared/waiting.ts';

const everyMs = 15_000;
let here = 0;
let running: Poll | undefined;

export function countHere(): void {
  here += 1;
  setText('count-here', String(here));
}

/** Shows how many people have entered, while this event is scanned. */
export function watchCounters(eventId: string): void {
  running?.stop();
  here = 0;
  setText('count-here', '0');
  let failures = 0;
  running = poll(async () => {
    type Summary = { tickets: number; admitted: number; inside: number };
    const answer = await doorCall<Summary>('GET', `/v1/events/${eventId}/check-ins/summary`);
    failures = answer.kind === 'ok' ? 0 : failures + 1;
    if (answer.kind === 'ok') {
      const { tickets, admitted, inside } = answer.body;
      setText('count-inside', String(inside));
      setText('count-admitted', String(admitted));
      setText('count-tickets', doorWords[pageLanguage].of(tickets));
    }
    if (answer.kind === 'refused' && answer.problem.status === 401) return undefined;
    if (failures === 0) return spread(everyMs, Math.random());
    return backOff(failures, { firstMs: everyMs, ceilingMs: 120_000, random: Math.random() });
  });
}

export function stopCounters(): void {
  running?.stop();
}
