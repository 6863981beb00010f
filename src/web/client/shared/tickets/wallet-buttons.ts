import { walletWords } from '../../../i18n/words/order/wallet.ts';
import { call } from '../calls/api.ts';
import { element } from '../dom.ts';
import { openFile } from './open-file.ts';
import { pageLanguage } from '../page-language.ts';

export type WalletName = 'apple' | 'google';

const words = walletWords[pageLanguage];

/** The wallets that the service supports and this device may have. A phone has one of the two. */
export function walletsHere(wallets: readonly WalletName[]): readonly WalletName[] {
  const { userAgent } = navigator;
  const own = /Android/.test(userAgent) ? 'google' : /iPhone|iPad|iPod/.test(userAgent) ? 'apple' : undefined;
  return own === undefined ? wallets : wallets.filter((wallet) => wallet === own);
}

/**
 * Buttons that put one ticket into a wallet, one for each wallet.
 * @param path of the ticket in the API
 * @param token for a ticket that no cookie opens
 */
export function walletButtons(path: string, wallets: readonly WalletName[], token?: string): HTMLElement[] {
  if (wallets.length === 0) return [];
  const failed = element('p', { className: 'notice notice-bad' });
  failed.setAttribute('role', 'alert');
  failed.hidden = true;
  const buttons = wallets.map((wallet) => {
    const button = element('button', { className: 'button button-quiet', text: words[wallet] });
    button.type = 'button';
    button.addEventListener('click', () => {
      failed.hidden = true;
      void (wallet === 'apple' ? openPass(path, token) : openLink(path, token)).then((isDone) => {
        if (isDone) return;
        failed.textContent = words.failed;
        failed.hidden = false;
      });
    });
    return button;
  });
  return [element('p', { className: 'wallet-buttons' }, ...buttons), failed];
}

/** @returns whether the browser was redirected */
async function openLink(path: string, token: string | undefined): Promise<boolean> {
  const answer = await call<{ url: string }>('GET', `${path}/google-wallet`, token === undefined ? {} : { token });
  if (answer.kind !== 'ok') return false;
  location.assign(answer.body.url);
  return true;
}

/** Phones open a pass in their wallet. Where a cookie opens the ticket, the browser fetches the pass itself. */
async function openPass(path: string, token: string | undefined): Promise<boolean> {
  if (token === undefined) {
    location.assign(`${path}/pass.pkpass`);
    return true;
  }
  return openFile(`${path}/pass.pkpass`, token);
}
