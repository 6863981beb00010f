import { html } from 'hono/html';
import type { ProblemCatalogue } from '../problem.ts';

const placeExample = `curl -s "$ANTRE/v1/events?limit=1"
curl -s "$ANTRE/v1/events/senja-di-selatan/ticket-categories"
curl -s "$ANTRE/v1/orders" -H 'Content-Type: application/json' \\
  -H "Idempotency-Key: $(uuidgen)" -d '{
    "eventSlug": "senja-di-selatan",
    "buyer": { "name": "Ayu Lestari", "email": "ayu@example.com", "phone": "+6281234567890" },
    "lines": [ { "ticketCategoryId": "cat_...", "quantity": 2 } ] }'
curl -s "$ANTRE/v1/orders/ord_..." -H "Authorization: Bearer $ACCESS_TOKEN"`;

const staffExample = `curl -s "$ANTRE/v1/sessions" -H 'Content-Type: application/json' \\
  -d '{ "email": "owner@demo.test", "password": "demo-password-please-change" }'
curl -s "$ANTRE/v1/organizers/demo/events" -H "Authorization: Bearer $ACCESS_TOKEN"`;

/** The page at `/docs`: how to start, and every problem code, readable before the explorer below has loaded. */
export async function docsPage(problems: ProblemCatalogue): Promise<string> {
  const rows = Object.entries(problems)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(
      ([code, { status, title }]) =>
        html`<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${title}</td></tr>`,
    );
  const page = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>antre API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<style>
:root { color-scheme: light }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: #1c1917; background: #fff }
.guide { max-width: 1420px; margin: 0 auto; padding: 1.5rem 20px 0 }
.guide pre { overflow-x: auto; padding: .75rem 1rem; border-radius: .5rem; background: #1c1917; color: #fafaf9 }
.guide table { border-collapse: collapse; width: 100% } .guide td, .guide th { padding: .25rem .75rem .25rem 0; text-align: left }
.guide tbody tr:nth-child(odd) { background: #f5f5f4 }
.guide summary { cursor: pointer; padding: .5rem 0; font-weight: 600 }
</style>
</head>
<body>
<main>
<div class="guide">
<h1>antre API</h1>
<p>Public reads need no credential and are cached. Every write that may cost something takes an <code>Idempotency-Key</code>:
the same key makes the same thing once, however often it is sent. After a 429 or 503, wait as <code>Retry-After</code> says.
The contract for tools is <a href="/openapi.json">/openapi.json</a>; a typed client is <code>@antre/client</code>.</p>
<h2>Buy a ticket</h2>
<pre><code>ANTRE=…   # the address of this page, without /docs
${placeExample}</code></pre>
<h2>Work for an organizer</h2>
<pre><code>${staffExample}</code></pre>
<p>Programs use an API key in the same header, scanners a device token. Which operation takes which is said below.</p>
<h2 id="problems">Problems</h2>
<p>A refusal is <code>application/problem+json</code> (RFC 9457). Branch on <code>code</code>, which stays the same; show
<code>detail</code>, or the texts in <code>errors</code> beside their fields.</p>
<details><summary>All ${rows.length} codes</summary>
<table><thead><tr><th>code</th><th>status</th><th>title</th></tr></thead><tbody>${rows}</tbody></table>
</details>
</div>
<div id="docs"></div>
</main>
<script src="/docs/swagger-ui-bundle.js" defer></script>
<script src="/docs/start.js" defer></script>
</body>
</html>
`;
  return String(page);
}

/** Operations are drawn when they are opened, because drawing all of them at once would take seconds. */
export const startScript = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  docExpansion: 'none',
  defaultModelsExpandDepth: -1,
  filter: true,
  syntaxHighlight: false,
});
`;
