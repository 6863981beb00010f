import { check } from 'k6';
import { Trend } from 'k6/metrics';
import { at, callApi, json } from '../lib/client.ts';
import { iteration, type Prepared } from '../lib/data.ts';
import { bearer } from '../lib/prepare.ts';

const checkIn = new Trend('step_check_in', true);

/** Staff scans: each ticket once, then all of them again. */
export function door(prepared: Prepared): void {
  const number = iteration();
  const { ticketCodes, run } = prepared;
  const code = ticketCodes[number % ticketCodes.length] ?? '';
  scan(prepared, {
    code,
    scanId: `door-${run}-${number}`,
    wanted: number < ticketCodes.length ? 'admitted' : 'already_used',
  });
}

export function scan(
  { eventId, doorToken }: Prepared,
  { code, scanId, wanted }: { code: string; scanId: string; wanted: 'admitted' | 'already_used' },
): void {
  const reply = callApi({
    route: '/v1/check-ins',
    path: '/v1/check-ins',
    method: 'POST',
    headers: bearer(doorToken),
    body: { eventId, code, scanId },
    trend: checkIn,
    class: 'check-ins',
  });
  check(reply, {
    'the door says what it should': (answer) => answer.status === 200 && at(json(answer), 'result') === wanted,
  });
}
