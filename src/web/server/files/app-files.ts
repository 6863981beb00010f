import { colours, darkColours } from '../../../platform/colours.ts';
import { digestOf } from '../../../http/negotiation.ts';
import { doorWords } from '../../i18n/words/door/door.ts';
import { type ChosenLanguage, linkTo } from '../../i18n/language.ts';
import { siteWords } from '../../i18n/words/site.ts';
import { type Assets, assetPath } from './assets.ts';

/** The files that make pages an app: the service worker of the door, and the manifests. */

const pages = ['/door', '/door?lang=id', '/door?lang=en'];

/**
 * The folder of the decoder and its WebAssembly. It is below the door, because browsers let a service worker answer the requests of another
 * worker only if the address of the other worker is in its scope.
 */
export const decoderPath = `/door${assetPath}`;

/** The address of the script that decodes QR codes. */
export const decoderUrl = (assets: Assets): string => `/door${assets.urlOf('door-decoder.ts')}`;

/** The text of the worker, with the files of this release. Another release gives another text, so browsers install it. */
export function doorWorker(assets: Assets): string {
  const ofPage = ['door.ts', 'styles.css', 'icon.svg'].flatMap((source) => [
    assets.urlOf(source),
    ...assets.needsOf(source),
    ...assets.laterOf(source),
  ]);
  const ofDecoder = [decoderUrl(assets), ...assets.laterOf('door-decoder.ts').map((url) => `/door${url}`)];
  const files = [...new Set([...ofPage, ...ofDecoder])];
  const code = assets.textOf('door-worker.ts');
  const version = digestOf(JSON.stringify([files, code]));
  const folders = [`${assetPath}/`, `${decoderPath}/`];
  return `const release=${JSON.stringify({ version, pages, files, folders })};\n${code}`;
}

/** The manifest of the door, which people install on the phones of their staff. */
export function doorManifest(assets: Assets, lang: ChosenLanguage): string {
  const { title } = doorWords[lang.language];
  return JSON.stringify({
    id: '/door',
    name: `antre · ${title}`,
    short_name: title,
    lang: lang.language,
    start_url: linkTo('/door', lang),
    scope: '/door',
    display: 'standalone',
    background_color: darkColours.paper,
    theme_color: darkColours.paper,
    icons: icons(assets),
  });
}

/** The manifest of the public pages. They keep the browser's bar, because buyers go to pages of payment and back. */
export function appManifest(assets: Assets, lang: ChosenLanguage): string {
  return JSON.stringify({
    id: '/',
    name: 'antre',
    short_name: 'antre',
    description: siteWords[lang.language].tagline,
    lang: lang.language,
    start_url: linkTo('/', lang),
    scope: '/',
    display: 'minimal-ui',
    background_color: colours.paper,
    theme_color: colours.accent,
    icons: icons(assets),
  });
}

/** Android cuts its own shape out of a maskable icon. */
function icons(assets: Assets) {
  const png = (source: string, side: number, purpose: 'any' | 'maskable') => ({
    src: assets.urlOf(`icons/${source}.png`),
    sizes: `${side}x${side}`,
    type: 'image/png',
    purpose,
  });
  return [
    png('icon-192', 192, 'any'),
    png('icon-512', 512, 'any'),
    png('icon-maskable-512', 512, 'maskable'),
    { src: assets.urlOf('icon.svg'), sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
  ];
}
