import type { InEach } from '../../language.ts';

type DeskLinkWords = {
  readonly invitationTitle: string;
  readonly invitationLead: string;
  readonly name: string;
  readonly password: string;
  readonly passwordHint: string;
  readonly show: string;
  readonly hide: string;
  readonly accept: string;
  readonly acceptedTitle: string;
  readonly acceptedText: string;
  readonly resetTitle: string;
  readonly resetLead: string;
  readonly requestTitle: string;
  readonly requestLead: string;
  readonly email: string;
  readonly newPassword: string;
  readonly setPassword: string;
  readonly setTitle: string;
  readonly setText: string;
  readonly sendLink: string;
  readonly sentTitle: string;
  readonly sentText: string;
  readonly noLinkTitle: string;
  readonly noLinkText: string;
  readonly askAgain: string;
  readonly toDesk: string;
  readonly toDoor: string;
  readonly madeTitle: string;
  readonly madeKeep: string;
  readonly madeEnd: string;
  readonly apiKeys: string;
  readonly devices: string;
  readonly invitations: string;
  readonly reportTitle: string;
  readonly reportLead: string;
  readonly reportDownload: string;
  readonly reportLoading: string;
  readonly reportDone: string;
  readonly reportPrivate: string;
  readonly noReportText: string;
  /** Refusals that only these pages have, by problem code. */
  readonly refused: Readonly<Record<string, string>>;
};

export const deskLinkWords: InEach<DeskLinkWords> = {
  id: {
    invitationTitle: 'Bergabung dengan tim',
    invitationLead: 'Isi nama dan buat kata sandi. Setelah itu Anda dapat masuk.',
    name: 'Nama Anda',
    password: 'Kata sandi',
    passwordHint: 'Sedikitnya 12 karakter. Beberapa kata yang tidak berhubungan mudah diingat dan kuat.',
    show: 'Tampilkan',
    hide: 'Sembunyikan',
    accept: 'Bergabung',
    acceptedTitle: 'Selamat datang',
    acceptedText: 'Akun Anda siap. Masuk dengan email tempat undangan dikirim.',
    resetTitle: 'Kata sandi baru',
    resetLead: 'Buat kata sandi baru. Semua perangkat yang masuk akan dikeluarkan.',
    requestTitle: 'Lupa kata sandi',
    requestLead: 'Tulis email Anda; kami mengirim tautan untuk membuat kata sandi baru.',
    email: 'Email',
    newPassword: 'Kata sandi baru',
    setPassword: 'Simpan kata sandi',
    setTitle: 'Kata sandi tersimpan',
    setText: 'Masuklah dengan kata sandi yang baru.',
    sendLink: 'Kirim tautan',
    sentTitle: 'Periksa email Anda',
    sentText: 'Bila alamat itu terdaftar, tautannya sudah dikirim dan berlaku satu jam.',
    noLinkTitle: 'Tautan tidak lengkap',
    noLinkText:
      'Buka halaman ini dari tautan di email undangan. Tautan yang lama atau sudah dipakai tidak berlaku lagi.',
    askAgain: 'Minta tautan baru',
    toDesk: 'Masuk ke meja kerja',
    toDoor: 'Masuk sebagai petugas pintu',
    madeTitle: 'Dibuat lewat akun Anda, dan masih berlaku',
    madeKeep: 'Biarkan berlaku. Saya hanya lupa kata sandi.',
    madeEnd: 'Akhiri semuanya. Mungkin ada orang lain yang memakai akun saya.',
    apiKeys: 'Kunci API',
    devices: 'Pemindai',
    invitations: 'Undangan',
    reportTitle: 'Unduh laporan',
    reportLead: 'Laporan ini berisi data pribadi pembeli. Simpan hanya selama diperlukan.',
    reportDownload: 'Unduh',
    reportLoading: 'Sedang diunduh …',
    reportDone: 'Laporan tersimpan',
    reportPrivate: 'Hapus berkasnya bila tidak diperlukan lagi, dan jangan teruskan tautannya.',
    noReportText: 'Buka halaman ini dari tautan di email laporan. Tautan berlaku satu hari.',
    refused: {
      'staff.email_in_use':
        'Alamat ini sudah dipakai untuk masuk ke penyelenggara lain. Minta undangan ke alamat lain.',
      'access.choice_needed': 'Pilih dulu apa yang terjadi dengan akses yang dibuat lewat akun Anda.',
      'report.not_found': 'Tautan laporan ini tidak berlaku.',
      'report.link_expired': 'Tautan laporan ini sudah lewat satu hari. Minta laporan baru.',
      'report.expired': 'Berkas laporan ini sudah dihapus. Minta laporan baru.',
    },
  },
  en: {
    invitationTitle: 'Join the team',
    invitationLead: 'Enter your name and choose a password. Then you can sign in.',
    name: 'Your name',
    password: 'Password',
    passwordHint: 'At least 12 characters. Some unrelated words are easy to remember and strong.',
    show: 'Show',
    hide: 'Hide',
    accept: 'Join',
    acceptedTitle: 'Welcome',
    acceptedText: 'Your account is ready. Sign in with the address that the invitation came to.',
    resetTitle: 'New password',
    resetLead: 'Choose a new password. Every device that is signed in will be signed out.',
    requestTitle: 'Forgot your password',
    requestLead: 'Enter your address; we send a link that sets a new password.',
    email: 'Email',
    newPassword: 'New password',
    setPassword: 'Save password',
    setTitle: 'Password saved',
    setText: 'Sign in with the new one.',
    sendLink: 'Send the link',
    sentTitle: 'Check your inbox',
    sentText: 'If that address is registered, the link is on its way. It is valid for one hour.',
    noLinkTitle: 'The link is not complete',
    noLinkText: 'Open this page from the link in the invitation mail. Old and used links are not valid any more.',
    askAgain: 'Ask for a new link',
    toDesk: 'Sign in at the desk',
    toDoor: 'Sign in at the door',
    madeTitle: 'Made by your account, and still working',
    madeKeep: 'Keep them. I only forgot my password.',
    madeEnd: 'End them all. Somebody else may have used my account.',
    apiKeys: 'API keys',
    devices: 'Scanners',
    invitations: 'Invitations',
    reportTitle: 'Download a report',
    reportLead: 'This report holds personal data of buyers. Keep it only as long as you need it.',
    reportDownload: 'Download',
    reportLoading: 'Downloading …',
    reportDone: 'Report saved',
    reportPrivate: 'Delete the file once you do not need it any more, and do not pass the link on.',
    noReportText: 'Open this page from the link in the mail with the report. A link works for a day.',
    refused: {
      'staff.email_in_use':
        'This address already signs in for another organiser. Ask for an invitation to another address.',
      'access.choice_needed': 'First choose what happens to the access that your account has created.',
      'report.not_found': 'This report link is not valid.',
      'report.link_expired': 'This link is more than a day old. Ask for a new report.',
      'report.expired': 'The file of this report was deleted. Ask for a new report.',
    },
  },
};
