import { digestOf } from '../../../http/negotiation.ts';
import { doorWords } from '../../i18n/words/door/door.ts';
import { type Language, linkTo } from '../../i18n/language.ts';
import { type Assets, assetPath } from './assets.ts';

/** The files that make the door's page an app: its service worker and its manifest. */

const pages = ['/door', '/door?lang=id', '/door?lang=en'];

/** The text of the worker, with the files of this release. Another release gives another text, so browsers install it. */
export function doorWorker(assets: Assets): string {
  const files = ['door.ts', 'door-decoder.ts', 'styles.css', 'icon.svg'].flatMap((source) => [
    assets.urlOf(source),
    ...assets.needsOf(source),
    ...assets.laterOf(source),
  ]);
  const code = assets.textOf('door-worker.ts');
  const version = digestOf(JSON.stringify([files, code]));
  return `const release=${JSON.stringify({ version, pages, files: [...new Set(files)], folder: `${assetPath}/` })};\n${code}`;
}

export function doorManifest(assets: Assets, lang: { readonly language: Language; readonly isAsked: boolean }): string {
  return JSON.stringify({
    id: '/door',
    name: `antre · ${doorWords[lang.language].title}`,
    short_name: doorWords[lang.language].title,
    lang: lang.language,
    start_url: linkTo('/door', lang),
    scope: '/door',
    display: 'standalone',
    background_color: '#131211',
    theme_color: '#131211',
    icons: [{ src: assets.urlOf('icon.svg'), sizes: 'any', type: 'image/svg+xml', purpose: 'any' }],
  });
}
