import type { InEach } from '../../../language.ts';

const id = {
  title: 'Kode tiket',
  lead: 'Kode bertanda tangan dapat diperiksa pemindai tanpa jaringan, juga bila tiketnya belum ada di daftarnya. Kode yang sudah dikirim tetap berlaku.',
  codes: 'Kode QR',
  kinds: { opaque: 'Acak', signed: 'Bertanda tangan' },
  save: 'Simpan',
  rotateText: 'Kunci baru menandatangani kode mulai sekarang.',
  withdraw: 'Tolak kode dari kunci yang lama',
  withdrawHint: 'Hanya bila kunci lama mungkin bocor: tiket yang sudah dikirim harus dikirim ulang.',
  rotate: 'Pakai kunci baru',
};

const en: typeof id = {
  title: 'Ticket codes',
  lead: 'Scanners can check signed codes without a network, also of a ticket that is not on their list yet. Codes that were sent before stay valid.',
  codes: 'QR codes',
  kinds: { opaque: 'Random', signed: 'Signed' },
  save: 'Save',
  rotateText: 'A new key signs the codes from now on.',
  withdraw: 'Refuse codes of the earlier keys',
  withdrawHint: 'Only if somebody else may have an earlier key: tickets that were sent before have to be sent again.',
  rotate: 'Use a new key',
};

export const ticketCodesWords: InEach<typeof id> = { id, en };
