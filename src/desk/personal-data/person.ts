import { buyerKey } from '../../access/index.ts';
import type { Config } from '../../config.ts';
import { homeCountry } from '../../platform/text/home.ts';
import { phoneDigits, phoneOf } from '../../platform/text/phone-number.ts';

/** What is asked for: an email or a phone. */
export type Asked = {
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
  readonly phoneCountry?: string | undefined;
};

/** One address of a person within one organiser, in the forms in which rows keep it. */
export type Person = {
  readonly organizerId: string;
  readonly emailKey: string | null;
  readonly phoneKey: string | null;
  /** In lower case, as `order_searches.contact` has it. */
  readonly email: string | null;
  readonly phone: string | null;
  readonly digits: string | null;
};

/** @throws DomainError request.invalid for a phone that is none */
export function personOf({ HASH_SECRET }: Pick<Config, 'HASH_SECRET'>, organizerId: string, asked: Asked): Person {
  const { email, phone: typed, phoneCountry } = asked;
  const phone = typed === undefined ? null : phoneOf({ phone: typed, phoneCountry }, homeCountry, 'phone');
  return {
    organizerId,
    emailKey: email === undefined ? null : buyerKey(HASH_SECRET, 'email', email),
    phoneKey: phone === null ? null : buyerKey(HASH_SECRET, 'phone', phone),
    email: email?.toLowerCase() ?? null,
    phone,
    digits: phone === null ? null : phoneDigits(phone),
  };
}
