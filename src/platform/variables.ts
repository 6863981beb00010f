import { z } from 'zod';

/** Shapes of environment variables that more than one part of the service has. */

export function wholeNumber(fallback: number, min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.coerce.number({ error }).int({ error }).min(min, { error }).max(max, { error }).default(fallback);
}

export const url = (...protocols: string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    message: `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });

export const httpUrl = url('http:', 'https:').transform((value) => value.replace(/\/+$/, ''));
