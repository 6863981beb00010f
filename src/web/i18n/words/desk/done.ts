import type { InEach } from '../../language.ts';

/** What a page says after a form has done its work. The address names the notice, so a link can show no other text. */
const id = {
  saved: 'Tersimpan.',
  published: 'Acara sekarang tampil untuk publik.',
  unpublished: 'Acara kembali menjadi draf.',
  calledOff: 'Acara dibatalkan.',
  created: 'Acara dibuat sebagai draf. Hanya tim Anda yang melihatnya.',
};

const en: typeof id = {
  saved: 'Saved.',
  published: 'The public can see the event now.',
  unpublished: 'The event is a draft again.',
  calledOff: 'The event was called off.',
  created: 'The event was created as a draft. Only your team sees it.',
};

const notices: InEach<Readonly<Record<string, string>>> = { id, en };

/** The notice of a name; undefined for an unknown name. */
export function doneNotice(name: string | undefined, language: keyof typeof notices): string | undefined {
  return name !== undefined && Object.hasOwn(notices[language], name) ? notices[language][name] : undefined;
}
