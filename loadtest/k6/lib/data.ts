import exec from 'k6/execution';
import { settings } from './settings.ts';

export type Buyer = { readonly name: string; readonly email: string; readonly phone: string };

/** The shared data of all virtual users of a run; made once by `prepare`. */
export type Prepared = {
  readonly run: string;
  readonly eventId: string;
  readonly slug: string;
  readonly categoryId: string;
  /** A door session. */
  readonly doorToken: string;
  /** Codes of tickets that are not scanned yet. */
  readonly ticketCodes: readonly string[];
};

export const mailDomain = 'k6.test';

/** The number of this iteration in its scenario, unique over all virtual users. */
export function iteration(): number {
  return exec.scenario.iterationInTest;
}

/** A different person in every iteration of every run. */
export function buyerOf(run: string, number: number): Buyer {
  const digits = String(number).padStart(7, '0');
  const runDigits = String(Number.parseInt(run, 36) % 1000).padStart(3, '0');
  return {
    name: `Pembeli ${number}`,
    email: `buyer-${number}.${run}@${mailDomain}`,
    phone: `+6281${runDigits}${digits}`,
  };
}

export function idempotencyKey(run: string, number: number): string {
  return `loadtest-${run}-${String(number).padStart(8, '0')}`;
}

/**
 * An address for X-Forwarded-For, each in another /24 network; undefined with a single network. The service accepts it only
 * if TRUSTED_PROXIES names the load generator's address.
 */
export function networkAddress(number: number | undefined): string | undefined {
  if (settings.networks <= 1 || number === undefined) return undefined;
  const network = number % Math.min(settings.networks, 65_536);
  return `10.${Math.floor(network / 256)}.${network % 256}.1`;
}
