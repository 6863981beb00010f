import { html, raw } from 'hono/html';

export type Html = ReturnType<typeof html>;

const style = `
:root { color-scheme: light; --line: #e3e6ea; --ink: #1c2430; --soft: #667085; --accent: #0b6e4f; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: #f7f8fa; }
h1 { font-size: 1.3rem; margin: .2rem 0; } h1 a { color: inherit; text-decoration: none; }
h2 { font-size: 1.05rem; margin: 1.6rem 0 .5rem; } h2 small { color: var(--soft); font-weight: 400; }
.card { background: #fff; border: 1px solid var(--line); border-radius: .6rem; padding: .8rem; margin-bottom: .6rem; overflow-wrap: anywhere; }
.row { display: flex; flex-wrap: wrap; gap: .3rem 1rem; align-items: baseline; justify-content: space-between; }
.soft { color: var(--soft); font-size: .87rem; }
.tag { background: #eef1f4; border-radius: 1rem; padding: .05rem .6rem; font-size: .82rem; white-space: nowrap; }
.tag.good { background: #dff3ea; color: #0a5c42; } .tag.bad { background: #fbe4e2; color: #93261b; }
form { display: inline; } .buttons { display: flex; flex-wrap: wrap; gap: .35rem; margin-top: .5rem; }
button, .button { font: inherit; font-size: .87rem; padding: .3rem .75rem; min-height: 2.2rem; border: 1px solid var(--line); border-radius: .4rem; background: #fff; color: inherit; cursor: pointer; text-decoration: none; }
button.main { background: var(--accent); border-color: var(--accent); color: #fff; }
a { color: var(--accent); } iframe { width: 100%; height: 36rem; border: 1px solid var(--line); border-radius: .4rem; background: #fff; }
/* As in WhatsApp, with its colours. */
.bubble { background: #e7f7df; border-radius: .1rem .7rem .7rem .7rem; margin-top: .5rem; max-width: 26rem; padding: .5rem .7rem; }
.bubble p { margin: 0; white-space: pre-line; } .bubble img { display: block; margin-bottom: .4rem; }
.bubble-button { border-top: 1px solid #c9e4bd; display: block; margin-top: .5rem; padding-top: .4rem; text-align: center; }
pre { white-space: pre-wrap; font-size: .8rem; margin: 0; } dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .8rem; margin: 0; } dt { color: var(--soft); } dd { margin: 0; }
`;

/** The frame of every page: no script, no external asset, readable on a phone. */
export function layout(title: string, body: Html, refreshSeconds?: number): Html {
  const refresh = refreshSeconds === undefined ? '' : html`<meta http-equiv="refresh" content="${refreshSeconds}" />`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        ${refresh}
        <title>${title}</title>
        <style>
          ${raw(style)}
        </style>
      </head>
      <body>
        <h1><a href="/">antre sandbox</a></h1>
        ${body}
      </body>
    </html>`;
}

/** A form with one button. `fields` are sent unchanged. */
export function button(
  label: string,
  action: string,
  fields: Readonly<Record<string, string>> = {},
  look: 'main' | 'plain' = 'plain',
): Html {
  const inputs = Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  );
  return html`<form method="post" action="${action}">${inputs}<button class="${look}">${label}</button></form>`;
}

/** Whole rupiah as people write them: `Rp 275.000`. */
export function rupiah(amount: number): string {
  return `Rp ${amount.toLocaleString('id-ID')}`;
}

/** The time of day in Jakarta, where the demo takes place. */
export function clockTime(at: string | number): string {
  return `${new Date(at).toLocaleTimeString('en-GB', { timeZone: 'Asia/Jakarta' })} WIB`;
}
