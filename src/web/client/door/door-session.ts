import { type Answer, call } from '../shared/api.ts';
import { randomKey } from '../shared/random-key.ts';

/**
 * The signed-in staff member. The token is kept in this tab's storage: closing the tab deletes it, and it never appears in
 * an address.
 */

const name = 'antre.door';
const deviceName = 'antre.door.device';

export type DoorActor = {
  readonly kind: 'staff' | 'api_key' | 'device';
  readonly name: string;
  readonly role: 'owner' | 'manager' | 'door';
  readonly organizer: { readonly slug: string; readonly name: string };
  readonly eventId?: string;
};

let token: string | undefined;
let device: string | undefined;

export function keepToken(given: string): void {
  token = given;
  try {
    sessionStorage.setItem(name, given);
  } catch {
    // Kept in memory: after a reload the page asks to sign in again.
  }
}

export function keptToken(): string | undefined {
  try {
    token ??= sessionStorage.getItem(name) ?? undefined;
  } catch {
    // Storage is blocked: nobody is signed in.
  }
  return token;
}

export function dropToken(): void {
  token = undefined;
  try {
    sessionStorage.removeItem(name);
  } catch {
    // Nothing was stored.
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
export function doorCall<Body>(
  method: string,
  path: string,
  body?: unknown,
  deadlineMs = 10_000,
): Promise<Answer<Body>> {
  return call<Body>(method, path, {
    ...(body === undefined ? {} : { body }),
    ...(token === undefined ? {} : { token }),
    deadlineMs,
  });
}
