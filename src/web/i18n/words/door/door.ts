import type { InEach } from '../../language.ts';

export type ScanResult =
  | 'admitted'
  | 'exited'
  | 'already_used'
  | 'revoked'
  | 'invalid'
  | 'wrong_event'
  | 'not_paid'
  | 'too_early'
  | 'too_late'
  | 'wrong_gate'
  | 'gate_closed'
  | 'no_reentry'
  | 'zone_full';

type DoorWords = {
  readonly title: string;
  readonly signIn: string;
  readonly signInLead: string;
  readonly email: string;
  readonly password: string;
  readonly forgot: string;
  readonly device: string;
  readonly deviceToken: string;
  readonly deviceHint: string;
  readonly deviceUnknown: string;
  readonly useDevice: string;
  readonly choose: string;
  readonly event: string;
  readonly noEvents: string;
  readonly gate: string;
  readonly anyGate: string;
  readonly direction: string;
  readonly entry: string;
  readonly exit: string;
  readonly start: string;
  readonly again: string;
  readonly change: string;
  readonly signOut: string;
  readonly ready: string;
  readonly readyHint: string;
  readonly camera: string;
  readonly cameraOff: string;
  readonly cameraDenied: string;
  readonly cameraNone: string;
  readonly typeCode: string;
  readonly check: string;
  readonly checking: string;
  readonly inside: string;
  readonly admitted: string;
  readonly here: string;
  readonly of: (count: string) => string;
  /** @param exits empty if nobody has left by the gate */
  readonly gateCount: (entries: string, exits: string) => string;
  readonly results: Readonly<Record<ScanResult, string>>;
  readonly hints: Readonly<Partial<Record<ScanResult, string>>>;
  /** At an exit, of tickets of this event. */
  readonly exitResults: Readonly<Record<'invalid' | 'already_used', string>>;
  readonly exitHints: Readonly<Record<'invalid' | 'already_used', string>>;
  readonly entersAt: (gates: string) => string;
  readonly gateOpens: (time: string) => string;
  readonly gateClosed: (time: string) => string;
  readonly entryFrom: (time: string) => string;
  readonly entryUntil: (time: string) => string;
  readonly refused: string;
  readonly refusedHint: string;
  readonly firstAt: (time: string, gate: string | undefined) => string;
  readonly noAnswer: string;
  readonly noAnswerHint: string;
  readonly ended: string;
};

export const doorWords: InEach<DoorWords> = {
  id: {
    title: 'Pintu',
    signIn: 'Masuk',
    signInLead: 'Untuk petugas pintu. Sesi berakhir sendiri setelah 12 jam, atau saat Anda keluar.',
    email: 'Email',
    password: 'Kata sandi',
    forgot: 'Lupa kata sandi',
    device: 'Pakai kode perangkat',
    deviceToken: 'Kode perangkat',
    deviceHint: 'Diberikan oleh penyelenggara untuk satu acara.',
    deviceUnknown: 'Kode ini tidak dikenal. Periksa hurufnya, atau minta kode baru dari penyelenggara.',
    useDevice: 'Hubungkan perangkat',
    choose: 'Pilih acara dan gerbang',
    event: 'Acara',
    noEvents: 'Tidak ada acara yang berlangsung atau akan datang.',
    gate: 'Gerbang',
    anyGate: 'Tanpa gerbang',
    direction: 'Arah',
    entry: 'Masuk',
    exit: 'Keluar',
    start: 'Mulai memindai',
    again: 'Coba lagi',
    change: 'Ganti gerbang',
    signOut: 'Keluar',
    ready: 'Siap memindai',
    readyHint: 'Arahkan kamera, pakai pemindai, atau ketik kodenya.',
    camera: 'Nyalakan kamera',
    cameraOff: 'Matikan kamera',
    cameraDenied: 'Kamera tidak diizinkan. Izinkan di pengaturan peramban, atau ketik kodenya.',
    cameraNone: 'Kamera tidak ditemukan. Pakai pemindai atau ketik kodenya.',
    typeCode: 'Kode tiket',
    check: 'Periksa',
    checking: 'Memeriksa…',
    inside: 'di dalam',
    admitted: 'sudah masuk',
    here: 'oleh perangkat ini',
    of: (count) => `dari ${count}`,
    gateCount: (entries, exits) => `${entries} masuk${exits === '' ? '' : `, ${exits} keluar`}`,
    results: {
      admitted: 'Silakan masuk',
      exited: 'Tercatat keluar',
      already_used: 'Sudah dipakai',
      revoked: 'Tiket dibatalkan',
      invalid: 'Bukan tiket kami',
      wrong_event: 'Tiket acara lain',
      not_paid: 'Belum dibayar',
      too_early: 'Belum waktunya',
      too_late: 'Sudah lewat waktunya',
      wrong_gate: 'Gerbang lain',
      gate_closed: 'Gerbang ditutup',
      no_reentry: 'Tidak boleh masuk lagi',
      zone_full: 'Area penuh',
    },
    hints: {
      revoked: 'Pesanan ini dikembalikan atau dibatalkan.',
      invalid: 'Kode tidak dikenal. Periksa apakah QR-nya tiket antre.',
      wrong_event: 'Minta pengunjung membuka tiket untuk acara ini.',
      not_paid: 'Minta pengunjung menyelesaikan pembayaran.',
      wrong_gate: 'Kategori tiket ini masuk lewat gerbang lain.',
      gate_closed: 'Gerbang ini belum dibuka atau sudah ditutup.',
      no_reentry: 'Tiket ini sudah dipakai, dan gerbang ini tidak menerima orang yang kembali.',
      zone_full: 'Tunggu sampai ada yang keluar, atau arahkan ke area lain.',
    },
    exitResults: { invalid: 'Belum tercatat masuk', already_used: 'Sudah tercatat keluar' },
    exitHints: {
      invalid: 'Tiket ini asli, tetapi belum dipindai saat masuk.',
      already_used: 'Orang ini sudah dipindai saat keluar.',
    },
    entersAt: (gates) => `Kategori ini masuk lewat: ${gates}`,
    gateOpens: (time) => `Gerbang ini dibuka: ${time}`,
    gateClosed: (time) => `Gerbang ini sudah ditutup: ${time}`,
    entryFrom: (time) => `Bisa masuk mulai: ${time}`,
    entryUntil: (time) => `Hanya bisa masuk sampai: ${time}`,
    refused: 'Tidak diperiksa',
    refusedHint: 'Layanan menolak pindaian dari akun ini. Pilih acaranya lagi, atau tanyakan kepada penyelenggara.',
    firstAt: (time, gate) => (gate === undefined ? `Masuk pukul ${time}` : `Masuk pukul ${time}, ${gate}`),
    noAnswer: 'Tidak ada jawaban',
    noAnswerHint: 'Tiket belum diperiksa. Periksa sambungan, lalu pindai lagi.',
    ended: 'Sesi berakhir. Silakan masuk lagi.',
  },
  en: {
    title: 'Door',
    signIn: 'Sign in',
    signInLead: 'For door staff. The session ends by itself after 12 hours, or when you sign out.',
    email: 'Email',
    password: 'Password',
    forgot: 'Forgot your password',
    device: 'Use a device token',
    deviceToken: 'Device token',
    deviceHint: 'From the organiser, for one event.',
    deviceUnknown: 'This token is not known. Check its spelling, or ask the organiser for a new one.',
    useDevice: 'Connect this device',
    choose: 'Choose event and gate',
    event: 'Event',
    noEvents: 'There is no event running or coming up.',
    gate: 'Gate',
    anyGate: 'No gate',
    direction: 'Direction',
    entry: 'Entry',
    exit: 'Exit',
    start: 'Start scanning',
    again: 'Try again',
    change: 'Change gate',
    signOut: 'Sign out',
    ready: 'Ready to scan',
    readyHint: 'Point the camera, use a scanner, or type the code.',
    camera: 'Turn the camera on',
    cameraOff: 'Turn the camera off',
    cameraDenied: 'The camera is not allowed. Allow it in the browser settings, or type the code.',
    cameraNone: 'No camera was found. Use a scanner or type the code.',
    typeCode: 'Ticket code',
    check: 'Check',
    checking: 'Checking…',
    inside: 'inside',
    admitted: 'admitted',
    here: 'by this device',
    of: (count) => `of ${count}`,
    gateCount: (entries, exits) => `${entries} in${exits === '' ? '' : `, ${exits} out`}`,
    results: {
      admitted: 'Come in',
      exited: 'Checked out',
      already_used: 'Already used',
      revoked: 'Ticket revoked',
      invalid: 'Unknown ticket',
      wrong_event: 'Another event',
      not_paid: 'Not paid',
      too_early: 'Too early',
      too_late: 'Too late',
      wrong_gate: 'Another gate',
      gate_closed: 'Gate closed',
      no_reentry: 'No re-entry',
      zone_full: 'Area full',
    },
    hints: {
      revoked: 'This order was refunded or cancelled.',
      invalid: 'The code is not known. Check that the QR belongs to an antre ticket.',
      wrong_event: 'Ask the guest to open the ticket for this event.',
      not_paid: 'Ask the guest to finish the payment.',
      wrong_gate: 'This ticket category enters by another gate.',
      gate_closed: 'This gate is not open yet, or has closed.',
      no_reentry: 'The ticket was used, and this gate does not allow re-entry.',
      zone_full: 'Wait until somebody leaves, or send the guest to another area.',
    },
    exitResults: { invalid: 'Not scanned in', already_used: 'Has left already' },
    exitHints: {
      invalid: 'The ticket is genuine, but it was not scanned at an entry.',
      already_used: 'The exit of this guest was scanned before.',
    },
    entersAt: (gates) => `This category enters at: ${gates}`,
    gateOpens: (time) => `This gate opens: ${time}`,
    gateClosed: (time) => `This gate has closed: ${time}`,
    entryFrom: (time) => `Entry from: ${time}`,
    entryUntil: (time) => `Entry was until: ${time}`,
    refused: 'Not checked',
    refusedHint: 'The service refused this scan for your account. Choose the event again, or ask the organiser.',
    firstAt: (time, gate) => (gate === undefined ? `Entered at ${time}` : `Entered at ${time}, ${gate}`),
    noAnswer: 'No answer',
    noAnswerHint: 'The ticket was not checked. Check the connection, then scan again.',
    ended: 'The session has ended. Please sign in again.',
  },
};
