import { formatCount } from '../../../../platform/text/format-money.ts';
import { doorWords } from '../../../i18n/words/door/door.ts';
import { setText } from '../../shared/dom.ts';
import { doorCall, keptToken } from '../session/door-session.ts';
import { type Live, follow } from '../../shared/calls/live.ts';
import { pageLanguage } from '../../shared/page-language.ts';
import { type Poll, poll } from '../../shared/calls/poll.ts';
import { backOff, spread } from '../../shared/calls/waiting.ts';

const everyMs = 15_000;
/** While the live stream is open, polling only covers missed messages. */
const everyMsWhileLive = 120_000;
/** The busiest come first. */
const gatesShownMax = 6;
const count = (people: number) => formatCount(people, pageLanguage);
let here = 0;
let running: Poll | undefined;
let stream: Live | undefined;

type Summary = {
  readonly tickets: number;
  readonly admitted: number;
  readonly inside: number;
  readonly gates: readonly { readonly gate: string | null; readonly entries: number; readonly exits: number }[];
  readonly zones: readonly { readonly name: string; readonly capacity: number | null; readonly inside: number }[];
};

export function countHere(): void {
  here += 1;
  setText('count-here', count(here));
}

/** Shows the numbers of entries, in total and per gate: by live stream if possible, else by polling. */
export function watchCounters(eventId: string): void {
  stopCounters();
  here = 0;
  setText('count-here', '0');
  let failures = 0;
  running = poll(async () => {
    const answer = await doorCall<Summary>('GET', `/v1/events/${eventId}/check-ins/summary`);
    failures = answer.kind === 'ok' ? 0 : failures + 1;
    if (answer.kind === 'ok') showSummary(answer.body);
    if (answer.kind === 'refused' && answer.problem.status === 401) return undefined;
    if (failures === 0) return spread(stream?.isOpen() === true ? everyMsWhileLive : everyMs, Math.random());
    return backOff(failures, { firstMs: everyMs, ceilingMs: 120_000, random: Math.random() });
  });
  stream = follow(`/v1/events/${eventId}/check-ins/stream`, {
    token: keptToken(),
    onEvent: (name, data) => {
      // The stream's contract guarantees the shape.
      if (name === 'counters') showSummary(data as Summary);
    },
    onSnapshot: () => running?.now(),
    onState: (isOpen) => {
      if (!isOpen) running?.now();
    },
  });
}

function showSummary({ tickets, admitted, inside, gates, zones }: Summary): void {
  setText('count-inside', count(inside));
  setText('count-admitted', count(admitted));
  setText('count-tickets', doorWords[pageLanguage].of(count(tickets)));
  const { anyGate, gateCount } = doorWords[pageLanguage];
  // People leave by other gates than they came by, so the difference of one gate says nothing.
  const shown = gates
    .slice(0, gatesShownMax)
    .map(
      ({ gate, entries, exits }) => `${gate ?? anyGate}: ${gateCount(count(entries), exits === 0 ? '' : count(exits))}`,
    );
  setText('count-gates', shown.join(' · '));
  setText(
    'count-zones',
    zones
      .map(
        ({ name, capacity, inside: people }) =>
          `${name}: ${count(people)}${capacity === null ? '' : `/${count(capacity)}`}`,
      )
      .join(' · '),
  );
}

export function stopCounters(): void {
  running?.stop();
  running = undefined;
  stream?.close();
  stream = undefined;
}
