import { type AnswerPlace, type ScanAnswer, showAnswer, showChecking, showNoAnswer } from './door-answer.ts';
import { deviceId, doorCall } from './door-session.ts';
import { signal } from './door-signal.ts';
import { randomKey } from '../shared/random-key.ts';
import { pause } from '../shared/waiting.ts';

export type ScanPlace = AnswerPlace & {
  readonly eventId: string;
  readonly gate: string | undefined;
  readonly direction: 'entry' | 'exit';
};
export type Scanner = { scan(code: string): void };

const triesMax = 4;
const tryDeadlineMs = 4000;
const retryMs = 400;
const waitingMax = 5;
const codeLengthMax = 1000;

/**
 * Sends codes one after another. A scan keeps its id on every retry: if an answer was lost, the retry gets it again, and
 * the ticket does not count as already used.
 */
export function createScanner(placeOf: () => ScanPlace, on: { admitted(): void; signedOut(): void }): Scanner {
  const waiting: string[] = [];
  let isBusy = false;

  const next = async (): Promise<void> => {
    const code = waiting.shift();
    if (code === undefined || isBusy) return;
    isBusy = true;
    showChecking();
    await ask(code);
    isBusy = false;
    void next();
  };
  const ask = async (code: string): Promise<void> => {
    const place = placeOf();
    const { eventId, gate, direction } = place;
    const body = {
      eventId,
      code,
      scanId: randomKey(),
      deviceId: deviceId(),
      direction,
      ...(gate === undefined ? {} : { gate }),
    };
    for (let tries = 0; tries < triesMax; tries += 1) {
      const answer = await doorCall<ScanAnswer>('POST', '/v1/check-ins', body, tryDeadlineMs);
      if (answer.kind === 'ok') {
        const isGood = answer.body.result === 'admitted' || answer.body.result === 'exited';
        signal(isGood);
        showAnswer(answer.body, place);
        if (isGood) on.admitted();
        return;
      }
      if (answer.kind === 'refused' && answer.problem.status === 401) return on.signedOut();
      const isFinal = answer.kind === 'refused' && answer.problem.status < 500 && answer.problem.status !== 429;
      if (isFinal) break;
      await pause(retryMs * (tries + 1));
    }
    signal(false);
    showNoAnswer();
  };
  return {
    scan: (given) => {
      const code = given.trim().slice(0, codeLengthMax);
      if (code === '' || waiting.length >= waitingMax) return;
      waiting.push(code);
      if (!isBusy) void next();
    },
  };
}
