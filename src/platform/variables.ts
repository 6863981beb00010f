import { z } from 'zod';

/** Shapes of environment variables that more than one part of the service has. */

export const wholeNumber = (fallback: number, min: number, max: number) =>
  z.coerce.number().int().min(min).max(max).default(fallback);

export const url = (...protocols: string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    message: `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });

export const httpUrl = url('http:', 'https:').transform((value) => value.replace(/\/+$/, ''));
