import { type Answer, call } from '../shared/calls/api.ts';
import { randomKey } from '../shared/random-key.ts';
import { serverNow } from '../shared/calls/server-clock.ts';

/**
 * The signed-in staff member or device, and what the door needs to go on after a killed tab without a network. The token is kept until
 * somebody signs out or its session ends, and it never appears in an address.
 */

const name = 'antre.door';
const deviceName = 'antre.door.device';
const keptName = 'antre.door.kept';

export type DoorEvent = {
  readonly id: string;
  readonly name: string;
  readonly startsAt?: string;
  readonly timeZone?: string;
};

export type DoorActor = {
  readonly kind: 'staff' | 'api_key' | 'device';
  readonly name: string;
  readonly role: 'owner' | 'manager' | 'door';
  readonly organizer: { readonly slug: string; readonly name: string };
  readonly eventId?: string;
  /** The events that a member is limited to. */
  readonly eventIds?: readonly string[];
};

let token: string | undefined;
let device: string | undefined;

export function keepToken(given: string): void {
  token = given;
  try {
    localStorage.setItem(name, given);
  } catch {
    // Kept in memory: after a reload the page asks to sign in again.
  }
}

export function keptToken(): string | undefined {
  try {
    token ??= localStorage.getItem(name) ?? undefined;
  } catch {
    // Storage is blocked: nobody is signed in.
  }
  return token;
}

export function dropToken(): void {
  token = undefined;
  try {
    localStorage.removeItem(name);
    // The place stays: the same door continues with another login.
    const { actor: _actor, events: _events, ...rest } = kept();
    localStorage.setItem(keptName, JSON.stringify(rest));
  } catch {
    // Nothing was stored.
  }
}

/** Where this device was, as the last answers told. */
export type Kept = {
  readonly actor?: DoorActor;
  readonly events?: readonly DoorEvent[];
  readonly place?: { readonly eventId: string; readonly gate: string; readonly direction: 'entry' | 'exit' };
  /** The server's clock minus this device's, and what the server's clock was, at the last answer. */
  readonly clockOffsetMs?: number;
  readonly serverSeenMs?: number;
};

/**
 * The server's clock minus this device's, as far as an earlier page knew it. The server's time is never earlier than it was: a phone whose
 * battery was empty begins in 1970.
 */
export function knownAhead({ clockOffsetMs = 0, serverSeenMs = 0 }: Kept, nowMs: number): number {
  return Math.max(clockOffsetMs, serverSeenMs - nowMs);
}

export function kept(): Kept {
  try {
    return JSON.parse(localStorage.getItem(keptName) ?? '{}') as Kept;
  } catch {
    return {};
  }
}

export function keep(more: Kept): void {
  try {
    localStorage.setItem(keptName, JSON.stringify({ ...kept(), ...more }));
  } catch {
    // After a reload without a network the choice of event has to wait for one.
  }
}

/** An id that this browser gives itself once. It tells two phones on one login apart. */
export function deviceId(): string {
  if (device !== undefined) return device;
  device = `web-${randomKey()}`;
  try {
    device = localStorage.getItem(deviceName) ?? device;
    localStorage.setItem(deviceName, device);
  } catch {
    // Kept in memory: after a reload this counts as another device.
  }
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
