import type { InEach } from '../../language.ts';

const id = {
  title: 'Masuk',
  lead: 'Untuk penyelenggara dan timnya.',
  sessionEnded:
    'Sesi Anda sudah berakhir, jadi belum ada yang diubah. Masuk lagi: isian Anda menunggu di formulirnya, kecuali kata sandi, kunci dan berkas.',
  email: 'Email',
  emailHint: 'Kami mengirim tautan ke sini untuk membuat kata sandi.',
  password: 'Kata sandi',
  signIn: 'Masuk',
  forgot: 'Lupa kata sandi?',
  signUp: 'Daftar sebagai penyelenggara',
  signUpLead: 'Setelah ini Anda membuat acara, tiket dan akun pembayaran. Anda baru menampilkannya kalau sudah siap.',
  organizerName: 'Nama penyelenggara',
  organizerSlug: 'Nama singkat',
  organizerSlugHint: 'Huruf kecil, angka dan tanda hubung, misalnya senja-live. Tidak dapat diubah nanti.',
  yourName: 'Nama Anda',
  signUpSubmit: 'Daftar',
  sentTitle: 'Periksa email Anda',
  sentText: 'Tautan untuk membuat kata sandi sudah dikirim dan berlaku tujuh hari. Setelah itu Anda dapat masuk.',
};

const en: typeof id = {
  title: 'Sign in',
  lead: 'For organisers and their team.',
  sessionEnded:
    'Your session has ended, so nothing was changed. Sign in again: what you typed waits in its form, except passwords, keys and files.',
  email: 'Email',
  emailHint: 'We send a link to it, by which you choose a password.',
  password: 'Password',
  signIn: 'Sign in',
  forgot: 'Forgot your password?',
  signUp: 'Sign up as an organiser',
  signUpLead: 'Next you make an event, tickets and a payment account. Nothing is shown before you publish it.',
  organizerName: 'Name of the organiser',
  organizerSlug: 'Short name',
  organizerSlugHint: 'Small letters, digits and hyphens, such as senja-live. It cannot be changed later.',
  yourName: 'Your name',
  signUpSubmit: 'Sign up',
  sentTitle: 'Check your inbox',
  sentText: 'The link that sets your password is on its way. It is valid for seven days. Then you can sign in.',
};

export const signInWords: InEach<typeof id> = { id, en };
