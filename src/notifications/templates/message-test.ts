import type { Mail } from '../channel.ts';
import { mailFrame, paragraph, softParagraph } from './parts/html.ts';
import { words } from './parts/words.ts';

export type MessageTestData = {
  readonly locale: 'id' | 'en';
  /** Undefined if the stored text is no name of a person. */
  readonly name: string | undefined;
  readonly organizerName: string;
};

const testWords = {
  id: {
    subject: 'Uji kirim dari antre',
    kicker: 'Uji kirim',
    title: 'Email Anda sampai',
    lead: 'Ini uji kirim yang Anda minta di meja penyelenggara. Email kepada pembeli keluar lewat jalan yang sama.',
    more: 'Tidak ada yang perlu dilakukan.',
  },
  en: {
    subject: 'Test message from antre',
    kicker: 'Test',
    title: 'Your mail arrives',
    lead: 'This is the test that you asked for at the desk. Mails to buyers go out in the same way.',
    more: 'There is nothing to do.',
  },
};

/** The mail that shows an owner that mails arrive. */
export function messageTestMail({ locale, name, organizerName }: MessageTestData): Mail {
  const say = words[locale];
  const { subject, kicker, title, lead, more } = testWords[locale];
  return {
    subject,
    text: [say.hello(name), lead, more].join('\n\n'),
    html: mailFrame({
      locale,
      preview: lead,
      kicker,
      title,
      body: [paragraph(say.hello(name)), paragraph(lead), softParagraph(more)],
      footer: `antre · ${organizerName}`,
    }),
    attachments: [],
  };
}
