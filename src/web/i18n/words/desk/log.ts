import type { InEach } from '../../language.ts';

const id = {
  log: 'Catatan perubahan',
  logLead: 'Siapa mengubah apa. Catatan ini tidak dapat diubah.',
  at: 'Waktu',
  who: 'Siapa',
  what: 'Apa',
  subject: 'Tentang',
  changes: 'Perubahan',
  noLog: 'Belum ada perubahan.',
  noneFits: 'Tidak ada perubahan yang cocok.',
  filter: 'Saring',
  everybody: 'Semua orang',
  everything: 'Semua perubahan',
  subjectHint: 'Tekan “hanya ini” pada sebuah baris, atau tempelkan ID-nya.',
  from: 'Dari tanggal',
  to: 'Sampai tanggal',
  changed: 'diubah',
  onlyThis: 'hanya ini',
  clear: 'Hapus saringan',
  actors: {
    staff: 'Anggota tim',
    api_key: 'Kunci API',
    device: 'Perangkat pintu',
    operator: 'Operator layanan',
    system: 'Layanan sendiri',
  },
};

const en: typeof id = {
  log: 'Log of changes',
  logLead: 'Who changed what. Nobody can change this log.',
  at: 'Time',
  who: 'Who',
  what: 'What',
  subject: 'About',
  changes: 'Changes',
  noLog: 'No changes yet.',
  noneFits: 'No change fits.',
  filter: 'Filter',
  everybody: 'Everybody',
  everything: 'All changes',
  subjectHint: 'Press “only this” in a row, or paste an id.',
  from: 'From',
  to: 'Until the end of',
  changed: 'changed',
  onlyThis: 'only this',
  clear: 'Remove the filter',
  actors: {
    staff: 'Member of the team',
    api_key: 'API key',
    device: 'Device at the door',
    operator: 'Operator of the service',
    system: 'The service itself',
  },
};

export const logWords: InEach<typeof id> = { id, en };
