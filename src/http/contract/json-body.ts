import { isUtf8 } from 'node:buffer';
import type { MiddlewareHandler } from 'hono';
import { DomainError, requestInvalid } from '../../platform/errors.ts';
import { type FaultParameters, type FieldFaultCode, inputFault } from '../../platform/field-faults.ts';
import { type HotRequest, hotRequestOfContext } from '../hot-path/hot-request.ts';

/** Largest JSON body of an ordinary route; callbacks and offline syncs state their own. */
export const jsonBytesMax = 64 * 1024;
export const jsonDepthMax = 20;

const fault = (...[code, parameters]: [FieldFaultCode, FaultParameters?]) =>
  requestInvalid([inputFault('', code, parameters)]);

/**
 * Reads a JSON body and refuses what no schema can see: a wrong media type, malformed UTF-8 or JSON, nesting deeper
 * than 20, U+0000 and lone surrogates (Postgres stores neither).
 * @throws DomainError request.unsupported_media_type, request.too_large, request.invalid
 */
export async function readJson(
  request: HotRequest,
  bytesMax: number = jsonBytesMax,
  options: Pick<BodyOptions, 'anyText'> = {},
): Promise<unknown> {
  return parseBody(await readJsonText(request, bytesMax), options);
}

async function readJsonText(request: HotRequest, bytesMax: number): Promise<string> {
  const type = request.header('content-type') ?? '';
  if (type !== 'application/json' && !isJsonInUtf8(type)) {
    throw new DomainError('request.unsupported_media_type', 'The body must be application/json in UTF-8.');
  }
  const bytes = await request.bytes(bytesMax);
  if (!isUtf8(bytes)) throw fault('body.not_utf8');
  if (depthExceeds(bytes, jsonDepthMax)) throw fault('body.too_deep', { limit: jsonDepthMax });
  return bytes.toString('utf8');
}

const jsonType = /^application\/(?:json|(?!json-patch\+)[\w!#$&^.-]+\+json)$/i;
const charset = /^charset\s*=\s*"?(?:utf-8|utf8)"?$/i;

/**
 * `application/json`, or a JSON format such as `application/problem+json`. Of its parameters only the charset matters.
 */
function isJsonInUtf8(type: string): boolean {
  const [media = '', ...parameters] = type.split(';').map((part) => part.trim());
  return jsonType.test(media) && parameters.every((part) => !/^charset\b/i.test(part) || charset.test(part));
}

function parseBody(text: string, { anyText = false }: Pick<BodyOptions, 'anyText'>): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw fault('body.not_json');
  }
  // In valid UTF-8, only an escape can bring these in, and it may hide any letter of a name. A body without escapes
  // needs no walk.
  if (!anyText && /\\u|"__proto__"/.test(text) && !isStorable(value)) {
    throw fault('body.forbidden_text');
  }
  return value;
}

function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return !value.includes('\0') && value.isWellFormed();
  if (Array.isArray(value)) return value.every(isStorable);
  if (value === null || typeof value !== 'object') return true;
  return Object.entries(value).every(([key, inner]) => key !== '__proto__' && isStorable(key) && isStorable(inner));
}

/** Counts brackets outside of strings, so that the depth is known before any recursion. */
function depthExceeds(bytes: Uint8Array, max: number): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index];
    if (inString) {
      if (byte === 0x5c) index += 1;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > max) return true;
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
  }
  return false;
}

type BodyOptions = {
  /** Accepts U+0000 and lone surrogates, for a route that judges them field by field. */
  readonly anyText?: boolean;
  /**
   * Accepts a request without a body. Without this, the validator would read a missing body as `{}`, so the request is
   * refused.
   */
  readonly optional?: boolean;
};

/** For routes whose contract validates the body: applies the same refusals, then the validator reads the text. */
export function jsonBody(bytesMax: number = jsonBytesMax, options: BodyOptions = {}): MiddlewareHandler {
  return async (c, next) => {
    if (c.req.method === 'POST' || c.req.method === 'PUT' || c.req.method === 'PATCH') {
      const hasBody =
        c.req.header('content-type') !== undefined ||
        c.req.header('transfer-encoding') !== undefined ||
        Number(c.req.header('content-length') ?? 0) > 0;
      if (hasBody || options.optional !== true) {
        const text = await readJsonText(hotRequestOfContext(c), bytesMax);
        parseBody(text, options);
        Object.assign(c.req.bodyCache, { text: Promise.resolve(text) });
        // The validator knows fewer spellings of the media type.
        if (c.req.header('content-type') !== 'application/json') {
          c.req.raw.headers.set('content-type', 'application/json');
        }
      }
    }
    await next();
  };
}
