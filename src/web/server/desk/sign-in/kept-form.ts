import type { Clock } from '../../../../platform/clock.ts';
import { decrypt, encrypt, sha256Hex } from '../../../../platform/crypto.ts';
import { type FormValues, formBytesMax, formValues } from '../forms.ts';
import { memberMark, memberMarkIn } from '../session.ts';

/**
 * What a member typed into a form whose session had ended. It travels, encrypted, in the page that asks for the sign-in, so nothing is
 * stored. It opens only for the same member at the same address. Passwords and keys are left out.
 */

type Deps = { readonly hashSecret: string; readonly clock: Clock };

/** As long as a session. */
const keptMs = 12 * 3_600_000;
/** Encrypted bytes are written as text, and the form has two more fields. */
export const sealedBytesMax = 2 * formBytesMax;

/** @returns undefined for a form that names no member, or is longer than a form may be */
export function sealForm({ hashSecret, clock }: Deps, path: string, values: FormValues): string | undefined {
  const mark = memberMarkIn(values.raw('formToken'));
  const fields = values.withoutSecrets();
  if (mark === '' || fields.length > formBytesMax) return undefined;
  const kept = JSON.stringify([clock.now().getTime(), fields]);
  return encrypt(keyOf(hashSecret), kept, contextOf(path, mark));
}

/** @returns undefined for another member, another address, and a text that is too old */
export function openKeptForm(
  { hashSecret, clock }: Deps,
  { path, memberId, sealed }: { readonly path: string; readonly memberId: string; readonly sealed: string },
): FormValues | undefined {
  try {
    const text = decrypt(keyOf(hashSecret), sealed, contextOf(path, memberMark(hashSecret, memberId)));
    const [at, fields] = JSON.parse(text) as [number, string];
    return clock.now().getTime() - at > keptMs ? undefined : formValues(new URLSearchParams(fields));
  } catch {
    return undefined;
  }
}

const keyOf = (hashSecret: string) => sha256Hex(`desk-kept-forms:${hashSecret}`);
const contextOf = (path: string, mark: string) => `${path}\0${mark}`;
