import { deskLinkWords } from '../../i18n/words/desk/links.ts';
import { refusalWords } from '../../i18n/words/refusals.ts';
import { callForFile } from '../shared/calls/api.ts';
import { byId, offerFile, show, takeFragment, whileBusy } from '../shared/dom.ts';
import { setMessage } from '../shared/forms/form-faults.ts';
import { pageLanguage } from '../shared/page-language.ts';
import { refusalText } from '../shared/forms/refusal-text.ts';
import { finish } from '../shared/forms/send-form.ts';

/** Enough for a million rows over a slow connection. */
const downloadMsMax = 15 * 60_000;

const words = deskLinkWords[pageLanguage];
const token = new URLSearchParams(takeFragment()).get('token') ?? '';

if (token === '') {
  show('form', false);
  show('no-link', true);
} else {
  const button = byId('submit', HTMLButtonElement);
  button.disabled = false;
  byId('form').addEventListener('submit', (event) => {
    event.preventDefault();
    button.textContent = words.reportLoading;
    void whileBusy(button, download).finally(() => {
      button.textContent = words.reportDownload;
    });
  });
}

async function download(): Promise<void> {
  setMessage('form-message', '');
  const answer = await callForFile('/v1/report-downloads', { token }, downloadMsMax);
  if (answer.kind === 'unreachable') return setMessage('form-message', refusalWords[pageLanguage].unreachable);
  if (answer.kind === 'refused') {
    const { problem } = answer;
    return setMessage('form-message', words.refused[problem.code] ?? refusalText(problem));
  }
  offerFile(answer.file, answer.name);
  finish('form', 'done');
}
