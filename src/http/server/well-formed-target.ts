import type { MiddlewareHandler } from 'hono';
import { requestInvalid } from '../../platform/errors.ts';
import { inputFault } from '../../platform/field-faults.ts';

const escape = /%/;
const nul = /%00/;

/**
 * Refuses an address with malformed escapes, or with escapes of U+0000 or of bytes that are not UTF-8. No name here
 * contains those, and Postgres cannot store them. An address without escapes costs one search for a percent sign. Pages
 * accept more, because other sites append parameters to links: there only escapes that no text can hold are refused.
 */
export function wellFormedTarget(): MiddlewareHandler {
  return async (c, next) => {
    const { url } = c.req.raw;
    if (escape.test(url)) {
      const target = url.slice(url.indexOf('/', url.indexOf('//') + 2));
      if (nul.test(target) || (target.startsWith('/v1/') && !isDecodable(target))) {
        throw requestInvalid([inputFault('', 'address.malformed')]);
      }
    }
    await next();
  };
}

function isDecodable(target: string): boolean {
  try {
    decodeURIComponent(target);
    return true;
  } catch {
    return false;
  }
}
