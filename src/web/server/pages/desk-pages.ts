import { html } from 'hono/html';
import { linkTo } from '../../i18n/language.ts';
import { type Html, type PageContext, layout } from '../layout.ts';
import { deskLinkWords } from '../../i18n/words/desk/links.ts';
import { donePanel, formMessage, otherAddress } from '../parts/form-parts.ts';
import { field } from '../parts/field.ts';

const passwordLengthMax = 200;

/** The page that an invitation's link opens. Its secret is in the fragment, which only the script sees. */
export function invitationPage(context: PageContext): Promise<string> {
  const words = deskLinkWords[context.lang.language];
  return layout(context, {
    title: words.invitationTitle,
    script: 'desk/invitation.ts',
    className: 'page-form',
    body: html`<div class="wrap form-wrap"><form id="form" method="post" novalidate><h1>${words.invitationTitle}</h1><p class="lead">${words.invitationLead}</p>
${field({ name: 'name', label: words.name, autocomplete: 'name', maxlength: 120 })}
${passwordField(words.password, context)}
${formMessage()}<button class="button button-main wide" id="submit" disabled>${words.accept}</button></form>
<section id="no-link" class="message" hidden><h1>${words.noLinkTitle}</h1><p>${words.noLinkText}</p></section>
${donePanel(words.acceptedTitle, words.acceptedText, toSignIn(context))}</div>`,
  });
}

/** With a link, sets a new password. Without one, asks for the link. */
export function passwordResetPage(context: PageContext): Promise<string> {
  const words = deskLinkWords[context.lang.language];
  return layout(context, {
    title: words.resetTitle,
    script: 'desk/password-reset.ts',
    className: 'page-form',
    body: html`<div class="wrap form-wrap">
<form id="request" method="post" novalidate><h1>${words.requestTitle}</h1><p class="lead">${words.requestLead}</p>
${field({ name: 'email', label: words.email, type: 'email', autocomplete: 'username', maxlength: 254, inputmode: 'email' })}
${formMessage('request-message')}<button class="button button-main wide" id="request-submit" disabled>${words.sendLink}</button></form>
<section id="requested" class="message" tabindex="-1" hidden><h1>${words.sentTitle}</h1><p>${words.sentText}</p>${otherAddress(context.lang.language)}</section>
<form id="form" method="post" novalidate hidden><h1>${words.resetTitle}</h1><p class="lead">${words.resetLead}</p>
${passwordField(words.newPassword, context)}
<fieldset id="choice" hidden><legend>${words.madeTitle}</legend><ul id="made"></ul>
<p><label><input type="radio" name="made" value="keep"> ${words.madeKeep}</label></p><p><label><input type="radio" name="made" value="end"> ${words.madeEnd}</label></p></fieldset>
${formMessage()}<button class="button button-main wide" id="submit" disabled>${words.setPassword}</button>
<p class="center"><a href="${linkTo('/desk/password-reset', context.lang)}">${words.askAgain}</a></p></form>
${donePanel(words.setTitle, words.setText, toSignIn(context))}</div>`,
  });
}

/**
 * The page that a report's mail links to. Nothing is downloaded before the button is pressed, because programs that
 * read mails open links.
 */
export function reportPage(context: PageContext): Promise<string> {
  const words = deskLinkWords[context.lang.language];
  return layout(context, {
    title: words.reportTitle,
    script: 'desk/report.ts',
    className: 'page-form',
    body: html`<div class="wrap form-wrap"><form id="form" method="post" novalidate><h1>${words.reportTitle}</h1><p class="lead">${words.reportLead}</p>
${formMessage()}<button class="button button-main wide" id="submit" disabled>${words.reportDownload}</button></form>
<section id="no-link" class="message" hidden><h1>${words.noLinkTitle}</h1><p>${words.noReportText}</p></section>
${donePanel(words.reportDone, words.reportPrivate)}</div>`,
  });
}

function passwordField(label: string, { lang: { language } }: PageContext): Html {
  const words = deskLinkWords[language];
  return html`<div class="password">${field({ name: 'password', label, type: 'password', autocomplete: 'new-password', maxlength: passwordLengthMax, hint: words.passwordHint })}
<button type="button" class="link-button" id="show-password" aria-pressed="false" data-show="${words.show}" data-hide="${words.hide}">${words.show}</button></div>`;
}

/** The page does not know whether the member works at the desk or at the door. */
function toSignIn({ lang }: PageContext): Html {
  const words = deskLinkWords[lang.language];
  return html`<p><a class="button" href="${linkTo('/desk/sign-in', lang)}">${words.toDesk}</a> <a class="button button-quiet" href="${linkTo('/door', lang)}">${words.toDoor}</a></p>`;
}
