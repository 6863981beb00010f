/** The part of a request's context that this file reads. */
type Asked = { readonly req: { header(name: string): string | undefined } };

/**
 * Whether a request comes from one of our pages, for methods that change something and are authorised by a cookie.
 * Browsers also send cookies with requests from pages of sibling subdomains. Scripts can set neither of the two
 * headers. Browsers before 2023 and pages without TLS send only `Origin`.
 */
export function isFromOurPage(c: Asked, publicUrl: string): boolean {
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin';
  return c.req.header('origin') === new URL(publicUrl).origin;
}
