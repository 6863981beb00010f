import { html } from 'hono/html';
import type { Email } from 'postal-mime';
import type { Mail } from '../smtp/inbox.ts';
import { layout, type Html } from './layout.ts';

/** One mail as a mail reader shows it: its HTML in a frame without scripts, with inline pictures. */
export function mailPage(mail: Mail, content: Email | undefined): Html {
  return layout(
    mail.subject,
    html`<p><a href="/">All mails</a></p>
      <div class="card">
        <dl>
          <dt>Subject</dt><dd>${mail.subject}</dd>
          <dt>From</dt><dd>${mail.from}</dd>
          <dt>To</dt><dd>${mail.to.join(', ')}</dd>
          <dt>Received</dt><dd>${mail.at}</dd>
          <dt>Message-ID</dt><dd>${mail.messageId}</dd>
        </dl>
      </div>
      ${content === undefined ? html`<p>Only the newest 1,000 mails are kept whole.</p>` : contentPart(mail, content)}`,
  );
}

function contentPart(mail: Mail, content: Email): Html {
  const files = content.attachments.map(({ filename, mimeType }) => `${filename ?? '(unnamed)'} (${mimeType})`);
  return html`${content.html === undefined ? '' : html`<iframe sandbox title="The mail" srcdoc="${withInlinePictures(content.html, content)}"></iframe>`}
    <h2>Text</h2>
    <div class="card"><pre>${content.text ?? '(none)'}</pre></div>
    <p class="soft">${files.length === 0 ? '' : `Attached: ${files.join(', ')}. `}<a href="/inbox/${mail.id}/raw">The message as received</a></p>`;
}

/** Replaces `cid:` references by the attached pictures. */
function withInlinePictures(source: string, content: Email): string {
  let shown = source;
  for (const { contentId, mimeType, content: bytes } of content.attachments) {
    if (contentId === undefined || typeof bytes === 'string') continue;
    const data = Buffer.from(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes)).toString('base64');
    shown = shown.replaceAll(`cid:${contentId.replace(/^<|>$/g, '')}`, `data:${mimeType};base64,${data}`);
  }
  return shown;
}
