import { z } from 'zod';

/** Shapes of environment variables that more than one part of the service has. */

export function wholeNumber(fallback: number, min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.coerce.number({ error }).int({ error }).min(min, { error }).max(max, { error }).default(fallback);
}

const escapes = 'in a user and password, write % as %25, / as %2F, # as %23, ? as %3F and @ as %40';

export const url = (...protocols: string[]) => {
  const starts = protocols.map((protocol) => `${protocol}//`);
  return z
    .string()
    .refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
      error: ({ input }) =>
        starts.some((start) => String(input).startsWith(start))
          ? `is no valid URL; ${escapes}`
          : `must be a URL that starts with ${starts.join(' or ')}`,
    })
    .refine(hasReadableLogin, `has a user or password that cannot be read; ${escapes}`)
    .refine(hasHost, 'names no host');
};

/** A password with a bare % is a valid URL, and the drivers that decode it would end the process with a riddle. */
function hasReadableLogin(value: string): boolean {
  const address = URL.parse(value);
  try {
    decodeURIComponent(`${address?.username ?? ''}:${address?.password ?? ''}`);
    return true;
  } catch {
    return false;
  }
}

/** A driver takes the machine itself for a host that is missing. Postgres may have it behind the question mark. */
function hasHost(value: string): boolean {
  const address = URL.parse(value);
  return address === null || address.hostname !== '' || address.searchParams.has('host');
}

export const httpUrl = url('http:', 'https:')
  .refine((value) => {
    const address = URL.parse(value);
    return address === null || (address.username === '' && address.password === '');
  }, 'must hold no user or password: no request is sent to such a URL')
  .transform((value) => value.replace(/\/+$/, ''));
