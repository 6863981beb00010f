import { readPhone } from '../../platform/text/phone-number.ts';
import { homeCountry } from '../../platform/text/home.ts';

/**
 * The phone that a test goes to, in E.164. Buyers are shown the phone of a profile as its organizer has written it, so
 * it has to be read here, and an organizer has no country of its own. Undefined without a phone, and for a fixed line.
 */
export function testPhoneOf(contactPhone: string | null): string | undefined {
  const read = contactPhone === null ? undefined : readPhone(contactPhone, homeCountry);
  return read !== undefined && 'e164' in read ? read.e164 : undefined;
}
