import { edgeSeconds, edgeStaleSeconds } from '../../http/public-cache/response.ts';

/**
 * The sources that a page may load from: our own scripts, styles, images and manifest, and calls to our own API. No inline script
 * or style, no framing, no string that becomes HTML.
 */
const policy = (formAction: 'none' | 'self', { images = "'self'", isApp = false } = {}) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src ${images}`,
    "connect-src 'self'",
    "manifest-src 'self'",
    `form-action '${formAction}'`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    // Registering a worker needs a policy. The page creates one, only for the address of the worker.
    isApp ? 'trusted-types antre-worker' : "trusted-types 'none'",
  ].join('; ');

const noDevices = 'camera=(), microphone=(), geolocation=(), payment=(), usb=()';
const cameraHere = 'camera=(self), microphone=(), geolocation=(), payment=(), usb=()';

/** How long browsers and shared caches may keep a page. */
export type Lifetime = {
  readonly seconds: number;
  readonly staleWhileRevalidateSeconds: number;
  readonly staleIfErrorSeconds: number;
};

/** Short, because the page shows prices and availability. */
export const liveLifetime: Lifetime = { seconds: 5, staleWhileRevalidateSeconds: 15, staleIfErrorSeconds: 300 };
/** The same page for everybody. It names the scripts of this release, so it must not outlive the release by much. */
export const shellLifetime: Lifetime = { seconds: 60, staleWhileRevalidateSeconds: 60, staleIfErrorSeconds: 3600 };

export type PageTraits = {
  readonly lifetime: Lifetime;
  /** `search`: a form may be sent without script. A form with personal data may not, or the data would be in the address. */
  readonly forms: 'none' | 'search';
  readonly camera: boolean;
  /** It has a service worker. */
  readonly isApp: boolean;
  readonly isIndexed: boolean;
  readonly surrogateKeys: string;
};

/** The headers of a rendered page. */
export function pageHeaders(traits: PageTraits): Record<string, string> {
  const { seconds, staleWhileRevalidateSeconds, staleIfErrorSeconds } = traits.lifetime;
  return {
    ...safetyHeaders(traits),
    'cache-control': `public, max-age=${seconds}, stale-while-revalidate=${edgeStaleSeconds}, stale-if-error=${staleIfErrorSeconds}`,
    'x-accel-expires': edgeSeconds,
    'cdn-cache-control':
      `public, s-maxage=${seconds}, stale-while-revalidate=${staleWhileRevalidateSeconds}, ` +
      `stale-if-error=${staleIfErrorSeconds}`,
    'surrogate-key': traits.surrogateKeys,
  };
}

/** The headers of every page, error pages included. */
export function safetyHeaders(
  traits: Pick<PageTraits, 'forms' | 'camera' | 'isApp' | 'isIndexed'> = {
    forms: 'none',
    camera: false,
    isApp: false,
    isIndexed: false,
  },
): Record<string, string> {
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy(traits.forms === 'search' ? 'self' : 'none', { isApp: traits.isApp }),
    'permissions-policy': traits.camera ? cameraHere : noDevices,
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    ...(traits.isIndexed ? {} : { 'x-robots-tag': 'noindex' }),
  };
}

/** The headers of a page of the desk: for one member, so no cache keeps it. Its forms are sent without script. */
export function deskHeaders(language: string): Record<string, string> {
  return {
    ...safetyHeaders(),
    // `blob:` is for the picture that a member is about to upload.
    'content-security-policy': policy('self', { images: "'self' blob:" }),
    'content-language': language,
    // With a stricter referrer policy, browsers send "Origin: null" with forms.
    'referrer-policy': 'same-origin',
    'cache-control': 'no-store',
  };
}
