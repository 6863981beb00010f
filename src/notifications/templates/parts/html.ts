import { html, raw } from 'hono/html';
import { colours, darkColours, mutedOnAccent } from '../../../platform/colours.ts';

/** HTML of mails: small, in tables, loading nothing from elsewhere. Every value is escaped by the template. */

/** Markup that is safe to put into a mail unchanged. */
export type Html = ReturnType<typeof html>;

const [day, night] = [colours, darkColours];
const styles = raw(`
  body { margin: 0; padding: 0; background: ${day.paper}; color: ${day.ink}; }
  .page { background: ${day.paper}; }
  .card { background: ${day.card}; }
  .soft { color: ${day.muted}; }
  .line { border-top: 1px solid ${day.line}; }
  .band { background: ${day.accent}; color: ${day.onAccent}; }
  .button { background: ${day.accent}; color: ${day.onAccent}; }
  .pass { border: 1px solid ${day.line}; }
  @media (prefers-color-scheme: dark) {
    body, .page { background: ${night.paper} !important; color: ${night.ink} !important; }
    .card { background: ${night.card} !important; }
    .soft { color: ${night.muted} !important; }
    .line { border-top-color: ${night.line} !important; }
    .pass { border-color: ${night.line} !important; }
    .button { background: ${night.accent} !important; color: ${night.onAccent} !important; }
  }
  @media (max-width: 620px) { .inner { padding-left: 20px !important; padding-right: 20px !important; } }
`);

const font = raw("font-family: -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;");

/**
 * The frame of every mail: a band with the title, the body, and the sender.
 * @param options.preview the text that inboxes show after the subject
 */
export function mailFrame(options: {
  readonly locale: 'id' | 'en';
  readonly preview: string;
  readonly title: string;
  readonly kicker: string;
  readonly body: Html | readonly Html[];
  readonly footer: string | Html;
}): string {
  const { locale, preview, title, kicker, body, footer } = options;
  const page = html`<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${title}</title>
<style>${styles}</style>
</head>
<body class="page" style="margin:0;padding:0;background:${day.paper};color:${day.ink};${font}">
<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">${preview}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" class="page" style="background:${day.paper}"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" class="card" style="max-width:560px;background:${day.card};border-radius:14px;overflow:hidden">
<tr><td class="band inner" style="background:${day.accent};color:${day.onAccent};padding:30px 36px">
<div style="font-size:12px;letter-spacing:.09em;text-transform:uppercase;color:${mutedOnAccent}">${kicker}</div>
<div style="font-size:25px;line-height:1.25;font-weight:700;color:${day.onAccent};padding-top:8px">${title}</div>
</td></tr>
<tr><td class="inner" style="padding:28px 36px 34px;font-size:16px;line-height:1.55">${body}</td></tr>
</table>
<div class="soft" style="max-width:560px;padding:18px 12px 6px;font-size:12px;line-height:1.5;color:${day.muted}">${footer}</div>
</td></tr></table>
</body>
</html>`;
  if (page instanceof Promise) throw new TypeError('a mail waits for nothing');
  return String(page);
}

/** A paragraph that keeps its line ends. */
export function paragraph(text: string): Html {
  const lines = text.split('\n').map((line, index) => (index === 0 ? line : html`<br>${line}`));
  return html`<p style="margin:0 0 16px">${lines}</p>`;
}

export function softParagraph(text: string): Html {
  return html`<p class="soft" style="margin:0 0 16px;font-size:14px;color:${day.muted}">${text}</p>`;
}

/** A link that is no more than a way out. `href` must be an address that we made. */
export function softLink(label: string, href: string): Html {
  return html`<p class="soft" style="margin:0 0 16px;font-size:14px"><a href="${href}" class="soft" style="color:${day.muted}">${label}</a></p>`;
}

/** The main action of a mail. `href` must be an address that we made. */
export function button(label: string, href: string): Html {
  return html`<table role="presentation" cellpadding="0" cellspacing="0" style="margin:6px 0 22px"><tr><td class="button" style="background:${day.accent};border-radius:9px">
<a href="${href}" class="button" style="display:inline-block;padding:13px 24px;font-size:16px;font-weight:600;color:${day.onAccent};text-decoration:none;border-radius:9px">${label}</a>
</td></tr></table>`;
}

const shortNameMax = 20;

/** Short names stay on one line on a phone; a long one may break. */
const wrapOf = (name: string): string => (name.length <= shortNameMax ? ';white-space:nowrap' : '');

/** A name and its value; a sum stands out. */
export type Fact = readonly [name: string, value: string, kind?: 'sum'];

/** A short last word, such as a time zone, does not stand alone on its line. */
const withLastWord = (text: string): string => text.replace(/ (?=\S{1,10}$)/, '\u00a0');

/** Rows of a name and a right-aligned value. */
export function factTable(rows: readonly Fact[]): Html {
  return html`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 22px;font-size:15px">${rows.map(
    ([name, value, kind]) =>
      html`<tr><td class="line ${kind === 'sum' ? 'strong' : 'soft'}" style="border-top:1px solid ${day.line};padding:9px 12px 9px 0;${kind === 'sum' ? 'font-weight:700' : `color:${day.muted}`};vertical-align:top${wrapOf(name)}">${name}</td><td class="line" align="right" style="border-top:1px solid ${day.line};padding:9px 0;${kind === 'sum' ? 'font-weight:700;' : ''}vertical-align:top">${withLastWord(value)}</td></tr>`,
  )}</table>`;
}
