import type { InEach } from '../../language.ts';

/** The words of the door without a network, of its history and its search. */
type DoorOfflineWords = {
  readonly listNone: string;
  readonly listReading: string;
  readonly listAge: (minutes: number) => string;
  readonly storeBroken: string;
  /** The browser has refused to keep what the door stores. */
  readonly storageRisk: string;
  readonly install: string;
  /** On iPhones, whose browsers have no button for it. */
  readonly installByHand: string;
  readonly gateRemoved: (name: string) => string;
  readonly unsent: (count: number) => string;
  readonly unsentElsewhere: (count: number) => string;
  readonly conflicts: (count: number) => string;
  /** Of two entries, the earlier one first. */
  readonly conflict: (first: string, second: string) => string;
  /** @param by the phone or the person, if known */
  readonly entryAt: (entry: { gate: string; at: string; by: string | undefined }) => string;
  readonly fault: (why: string, gate: string) => string;
  readonly faults: Readonly<Record<string, string>>;
  readonly decidedHere: string;
  readonly notOnList: string;
  readonly notOnListHint: (minutes: number) => string;
  readonly letIn: string;
  readonly turnAway: string;
  readonly guest: (name: string, party: number, code: string) => string;
  readonly torch: string;
  readonly search: string;
  readonly find: string;
  readonly searchLabel: string;
  readonly searching: string;
  /** @param isSimilar nobody matches; these differ by one typing mistake */
  readonly found: (count: number, isCut: boolean, isSimilar: boolean) => string;
  /** Of the device alone. */
  readonly foundHere: (count: number, isCut: boolean, isSimilar: boolean) => string;
  /** The button beside a guest who was found: it scans the ticket. */
  readonly checkIn: Readonly<Record<'entry' | 'exit', string>>;
  readonly noName: string;
  readonly notCome: string;
  readonly isInside: string;
  readonly hasLeft: string;
  readonly history: string;
  readonly historyNone: string;
  readonly close: string;
  readonly states: Readonly<Record<'online' | 'waiting' | 'undone' | 'sent', string>>;
  readonly undo: string;
  readonly undoReason: string;
  /** What it mostly is, to be tapped with the thumb. */
  readonly undoReasons: readonly string[];
  readonly undone: (reason: string) => string;
  readonly undoFailed: string;
};

export const doorOfflineWords: InEach<DoorOfflineWords> = {
  id: {
    listNone: 'Daftar tiket belum ada di perangkat ini',
    listReading: 'Daftar tiket sedang diunduh…',
    listAge: (minutes) => (minutes < 1 ? 'Daftar terkini' : `Daftar dari ${minutes} menit lalu`),
    storeBroken: 'Penyimpanan ponsel ini penuh atau diblokir: daftar tidak bisa diperbarui. Kosongkan ruang.',
    storageRisk: 'Pindaian yang belum terkirim bisa hilang bila ponsel penuh: pasang pintu ini sebagai aplikasi.',
    install: 'Pasang pintu di ponsel ini',
    installByHand: 'Untuk memasang pintu di ponsel ini, ketuk Bagikan, lalu "Tambah ke Layar Utama".',
    gateRemoved: (name) => `Gerbang "${name}" sudah dihapus oleh penyelenggara. Pilih gerbang lain.`,
    unsent: (count) => (count === 0 ? 'Semua terkirim' : `${count} belum terkirim`),
    unsentElsewhere: (count) =>
      `${count} pindaian acara lain belum terkirim. Data itu tetap tersimpan di ponsel ini, dan terkirim setelah acaranya dipilih lagi di sini.`,
    conflicts: (count) => `${count} masalah`,
    conflict: (first, second) => `Masuk dua kali: ${first}, ${second}.`,
    entryAt: ({ gate, at, by }) => `${gate} pukul ${at}${by === undefined ? '' : ` (${by})`}`,
    fault: (why, gate) => `Seharusnya ditolak di ${gate}: ${why}.`,
    faults: {
      revoked: 'tiket dibatalkan',
      invalid: 'bukan tiket kami',
      wrong_event: 'tiket acara lain',
      not_paid: 'belum dibayar',
      too_early: 'belum waktunya',
      too_late: 'sudah lewat waktunya',
      wrong_gate: 'gerbang lain',
      gate_closed: 'gerbang ditutup',
      no_reentry: 'tidak boleh masuk lagi',
      refused: 'tidak diterima server',
    },
    decidedHere: 'Diputuskan tanpa jaringan',
    notOnList: 'Tidak ada di daftar',
    notOnListHint: (minutes) =>
      `Daftar ini ${minutes < 1 ? 'terkini' : `dari ${minutes} menit lalu`}. Tiket yang baru dibeli belum ada di sini.`,
    letIn: 'Izinkan masuk',
    turnAway: 'Tolak',
    guest: (name, party, code) => [name, `${party} tiket`, code].filter((part) => part !== '').join(' · '),
    torch: 'Senter',
    search: 'Cari tamu',
    find: 'Cari',
    searchLabel: 'Nama, nomor HP, atau kode pesanan',
    searching: 'Mencari…',
    found: (count, isCut, isSimilar) => {
      if (isSimilar) return `Tidak ada yang sama persis. Yang mirip: ${count}${isCut ? ' atau lebih' : ''}`;
      if (count === 0) return 'Tidak ditemukan. Ketik nomor HP atau kode pesanan selengkapnya.';
      return isCut ? `${count} pertama ditampilkan. Ketik lebih lengkap.` : `${count} ditemukan`;
    },
    foundHere: (count, isCut, isSimilar) => {
      if (count === 0)
        return 'Tanpa jaringan, tidak ada di daftar ponsel ini. Nama hanya ada bila penyelenggara mengizinkan.';
      if (isSimilar)
        return `Tanpa jaringan: tidak ada yang sama persis di daftar ponsel ini. Yang mirip: ${count}${isCut ? ' atau lebih' : ''}`;
      if (isCut) return `Tanpa jaringan: ${count} pertama di daftar ponsel ini ditampilkan. Ketik lebih lengkap.`;
      return `Tanpa jaringan: ${count} di daftar ponsel ini. Dari nomor HP, hanya empat angka terakhir yang dicocokkan.`;
    },
    checkIn: { entry: 'Check-in', exit: 'Catat keluar' },
    noName: 'Nama tidak ditampilkan',
    notCome: 'Belum datang',
    isInside: 'Di dalam',
    hasLeft: 'Sudah keluar',
    history: 'Riwayat',
    historyNone: 'Belum ada pindaian di acara ini.',
    close: 'Tutup',
    states: { online: 'Diperiksa server', waiting: 'Belum terkirim', undone: 'Belum terkirim', sent: 'Terkirim' },
    undo: 'Batalkan pindaian',
    undoReason: 'Alasan lain',
    undoReasons: ['Tamu tidak jadi masuk', 'Tiket yang salah', 'Salah gerbang'],
    undone: (reason) => `Dibatalkan: ${reason}`,
    undoFailed: 'Tidak bisa dibatalkan.',
  },
  en: {
    listNone: 'No ticket list on this device yet',
    listReading: 'Reading the ticket list…',
    listAge: (minutes) => (minutes < 1 ? 'List is current' : `List is ${minutes} min old`),
    storeBroken: 'Storage on this phone is full or blocked: the list cannot be updated. Free some space.',
    storageRisk: 'Unsent scans may be lost if this phone runs out of space: install the door as an app.',
    install: 'Install the door on this phone',
    installByHand: 'To install the door on this phone, tap Share, then "Add to Home Screen".',
    gateRemoved: (name) => `The organiser has removed the gate "${name}". Choose another one.`,
    unsent: (count) => (count === 0 ? 'All sent' : `${count} not sent`),
    unsentElsewhere: (count) =>
      count === 1
        ? '1 scan of another event is not sent yet. It stays on this phone, and is sent once that event is chosen here again.'
        : `${count} scans of another event are not sent yet. They stay on this phone, and are sent once that event is chosen here again.`,
    conflicts: (count) => (count === 1 ? '1 problem' : `${count} problems`),
    conflict: (first, second) => `Let in twice: ${first}, ${second}.`,
    entryAt: ({ gate, at, by }) => `${gate} at ${at}${by === undefined ? '' : ` (${by})`}`,
    fault: (why, gate) => `Should have been refused at ${gate}: ${why}.`,
    faults: {
      revoked: 'ticket revoked',
      invalid: 'unknown ticket',
      wrong_event: 'ticket of another event',
      not_paid: 'not paid',
      too_early: 'too early',
      too_late: 'too late',
      wrong_gate: 'another gate',
      gate_closed: 'gate closed',
      no_reentry: 'no re-entry',
      refused: 'not accepted by the server',
    },
    decidedHere: 'Decided without a network',
    notOnList: 'Not on the list',
    notOnListHint: (minutes) =>
      `This list is ${minutes < 1 ? 'current' : `${minutes} min old`}. A ticket that was bought since is not on it.`,
    letIn: 'Let in',
    turnAway: 'Turn away',
    guest: (name, party, code) =>
      [name, party === 1 ? '1 ticket' : `${party} tickets`, code].filter((part) => part !== '').join(' · '),
    torch: 'Torch',
    search: 'Find a guest',
    find: 'Find',
    searchLabel: 'Name, phone number or order code',
    searching: 'Searching…',
    found: (count, isCut, isSimilar) => {
      if (isSimilar) return `Nobody matches exactly. Similar: ${count}${isCut ? ' or more' : ''}`;
      if (count === 0) return 'Nobody found. Type the whole phone number or order code.';
      return isCut ? `The first ${count} are shown. Type more of it.` : `${count} found`;
    },
    foundHere: (count, isCut, isSimilar) => {
      if (count === 0)
        return 'No network, and not on the list of this phone. Names are here only if the organiser allows it.';
      if (isSimilar)
        return `No network: nobody on the list of this phone matches exactly. Similar: ${count}${isCut ? ' or more' : ''}`;
      if (isCut) return `No network: the first ${count} on the list of this phone are shown. Type more of it.`;
      return `No network: ${count} on the list of this phone. Of a phone number only the last four digits are compared.`;
    },
    checkIn: { entry: 'Check in', exit: 'Check out' },
    noName: 'Name not shown',
    notCome: 'Not here yet',
    isInside: 'Inside',
    hasLeft: 'Has left',
    history: 'History',
    historyNone: 'No scans at this event yet.',
    close: 'Close',
    states: { online: 'Checked by the server', waiting: 'Not sent yet', undone: 'Not sent yet', sent: 'Sent' },
    undo: 'Undo this scan',
    undoReason: 'Another reason',
    undoReasons: ['The guest did not go in', 'Wrong ticket', 'Wrong gate'],
    undone: (reason) => `Undone: ${reason}`,
    undoFailed: 'It could not be undone.',
  },
};
