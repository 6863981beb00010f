import { type Answer, askedBy, call } from '../../shared/calls/api.ts';
import { backOff, pause } from '../../shared/calls/waiting.ts';
import { pageStorage } from '../../shared/page-storage.ts';
import { randomKey } from '../../shared/random-key.ts';
import { serverNow } from '../../shared/calls/server-clock.ts';

/**
 * The signed-in staff member or device, and the state that lets the door resume after a killed tab without a network. The token is kept
 * until sign-out or until its session ends. It never appears in an address.
 */

const name = 'antre.door';
const deviceName = 'antre.door.device';
const keptName = 'antre.door.kept';
const storage = pageStorage('localStorage');

export type DoorEvent = {
  readonly id: string;
  readonly name: string;
  readonly startsAt?: string;
  readonly timeZone?: string;
};

export type DoorActor = {
  readonly id: string;
  readonly kind: 'staff' | 'api_key' | 'device';
  readonly name: string;
  readonly role: 'owner' | 'manager' | 'door';
  readonly organizer: { readonly slug: string; readonly name: string };
  readonly eventId?: string;
  /** The events of a limited member. */
  readonly eventIds?: readonly string[];
};

let token: string | undefined;
let device: string | undefined;

export function keepToken(given: string): void {
  token = given;
  storage.setItem(name, given);
}

export function keptToken(): string | undefined {
  token ??= storage.getItem(name) ?? undefined;
  return token;
}

export function dropToken(): void {
  token = undefined;
  storage.removeItem(name);
  // Keeps the place, so that the door continues there with another login.
  const { actor: _actor, events: _events, ...rest } = kept();
  storage.setItem(keptName, JSON.stringify(rest));
}

/** The state of this device at the last response. */
export type Kept = {
  readonly actor?: DoorActor;
  readonly events?: readonly DoorEvent[];
  readonly place?: { readonly eventId: string; readonly gate: string; readonly direction: 'entry' | 'exit' };
  /** The server's clock minus this device's, and the server's clock, at the last response. */
  readonly clockOffsetMs?: number;
  readonly serverSeenMs?: number;
};

/**
 * The server's clock minus this device's, as stored by an earlier page. The server's time never goes backwards, even if this phone's
 * clock was reset to 1970.
 */
export function knownAhead({ clockOffsetMs = 0, serverSeenMs = 0 }: Kept, nowMs: number): number {
  return Math.max(clockOffsetMs, serverSeenMs - nowMs);
}

export function kept(): Kept {
  try {
    return JSON.parse(storage.getItem(keptName) ?? '{}') as Kept;
  } catch {
    return {};
  }
}

export function keep(more: Kept): void {
  storage.setItem(keptName, JSON.stringify({ ...kept(), ...more }));
}

/** A random id of this browser. It tells apart phones that share a login. */
export function deviceId(): string {
  if (device !== undefined) return device;
  device = storage.getItem(deviceName) ?? `web-${randomKey()}`;
  storage.setItem(deviceName, device);
  return device;
}

/** Calls the API with the credential of the signed-in staff member. */
export async function doorCall<Body>(
  method: string,
  path: string,
  body?: unknown,
  deadlineMs = 10_000,
): Promise<Answer<Body>> {
  const answer = await call<Body>(method, path, {
    ...(body === undefined ? {} : { body }),
    ...(token === undefined ? {} : { token }),
    deadlineMs,
  });
  if (answer.kind !== 'unreachable') {
    keep({ clockOffsetMs: Math.round(serverNow() - Date.now()), serverSeenMs: Math.round(serverNow()) });
  }
  return answer;
}

/** Waits until a call that was refused for load, or got no answer, may be repeated. */
export function pauseAfter(answer: Answer<unknown>, tries: number): Promise<void> {
  return pause(backOff(tries, { firstMs: 2000, ceilingMs: 20_000, askedMs: askedBy(answer), random: Math.random() }));
}
