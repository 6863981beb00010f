import type { InEach } from '../../../language.ts';

const id = {
  title: 'Nomor',
  limits: 'Batas nomor ini',
  limitsLead:
    'Nomor baru yang langsung mengirim banyak pesan mudah diblokir. Mulailah sedikit, lalu biarkan batasnya naik setiap hari.',
  weight: 'Bobot',
  weightHint: 'Bagiannya dari penerima, di samping nomor lain. Biasanya 100.',
  perSecond: 'Pesan per detik, paling banyak',
  perSecondHint: '0.1 berarti satu pesan tiap sepuluh detik.',
  dailyCap: 'Pesan per hari, paling banyak',
  dailyCapHint: 'Kosong berarti tanpa batas.',
  warmUpFrom: 'Batas pada hari pertama',
  warmUpHint: 'Naik setengahnya setiap hari sampai batas harian. Kosong berarti tanpa pemanasan.',
  save: 'Simpan batas',
  templates: 'Templat di Meta',
  templatesLead:
    'Nomor Cloud API hanya mengirim templat yang sudah disetujui Meta. Yang diajukan adalah teks Anda, atau teks kami.',
  noTemplates: 'Belum ada templat.',
  template: 'Templat',
  language: 'Bahasa',
  state: 'Keadaan menurut Meta',
  submit: 'Ajukan semua templat',
};

const en: typeof id = {
  title: 'Number',
  limits: 'Limits of this number',
  limitsLead:
    'A new number that sends much at once is easily blocked. Begin with little, and let the cap grow each day.',
  weight: 'Weight',
  weightHint: 'Its part of the recipients, beside other numbers. Usually 100.',
  perSecond: 'Messages per second, at most',
  perSecondHint: '0.1 is one message in ten seconds.',
  dailyCap: 'Messages per day, at most',
  dailyCapHint: 'Empty for no cap.',
  warmUpFrom: 'Cap of the first day',
  warmUpHint: 'It grows by half each day up to the daily cap. Empty for no warm-up.',
  save: 'Save the limits',
  templates: 'Templates at Meta',
  templatesLead:
    'Numbers of the Cloud API send only templates that Meta has approved. Your texts are submitted, or ours.',
  noTemplates: 'There are no templates yet.',
  template: 'Template',
  language: 'Language',
  state: 'State at Meta',
  submit: 'Submit all templates',
};

export const senderLimitWords: InEach<typeof id> = { id, en };
