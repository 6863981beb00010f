import type { Suppression } from '../../../channel.ts';

/**
 * The meaning of an error of the WhatsApp Graph API.
 *
 * later: the message was not accepted, try again (after `seconds` if known) · recipient: it will never reach this
 * recipient · template: our request or template is wrong, somebody must look · sender: this number may not send now;
 * another one may.
 */
export type GraphVerdict =
  | { readonly kind: 'later'; readonly seconds?: number; readonly throttled: boolean }
  | { readonly kind: 'recipient'; readonly suppress?: Suppression }
  | { readonly kind: 'template' }
  | { readonly kind: 'sender'; readonly action: 'disable' | 'cool' };

const throttled = new Set([4, 80007, 130429]);
const pairRate = 131056;
const transient = new Set([1, 2, 131000, 131016, 131057, 133004]);
const notDeliverable = new Set([131048, 131049, 131050, 130472, 131021]);
const noWhatsapp = 131026;
const noWhatsappDays = 30;
const blockedAccount = new Set([368, 131031, 130497, 131042]);
const deniedSender = new Set([0, 3, 10, 190, 131005]);

export function graphVerdict(code: number | undefined, httpStatus: number, tries: number): GraphVerdict {
  if (code !== undefined) {
    if (throttled.has(code)) return { kind: 'later', throttled: true };
    if (code === pairRate)
      return { kind: 'later', seconds: 4 ** Math.min(Math.max(tries - 1, 0), 5), throttled: false };
    if (transient.has(code)) return { kind: 'later', throttled: false };
    if (code === noWhatsapp) return { kind: 'recipient', suppress: { reason: 'no_whatsapp', days: noWhatsappDays } };
    if (notDeliverable.has(code)) return { kind: 'recipient' };
    if (blockedAccount.has(code)) return { kind: 'sender', action: 'cool' };
    if (deniedSender.has(code) || (code >= 200 && code <= 299)) return { kind: 'sender', action: 'disable' };
  }
  if (httpStatus === 429) return { kind: 'later', throttled: true };
  if (httpStatus >= 500) return { kind: 'later', throttled: false };
  if (httpStatus === 401 || httpStatus === 403) return { kind: 'sender', action: 'disable' };
  return { kind: 'template' };
}
