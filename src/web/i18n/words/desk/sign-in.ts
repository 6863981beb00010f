import type { InEach } from '../../language.ts';

const id = {
  title: 'Masuk',
  lead: 'Untuk penyelenggara dan timnya.',
  email: 'Email',
  password: 'Kata sandi',
  signIn: 'Masuk',
  forgot: 'Lupa kata sandi?',
};

const en: typeof id = {
  title: 'Sign in',
  lead: 'For organisers and their team.',
  email: 'Email',
  password: 'Password',
  signIn: 'Sign in',
  forgot: 'Forgot your password?',
};

export const signInWords: InEach<typeof id> = { id, en };
