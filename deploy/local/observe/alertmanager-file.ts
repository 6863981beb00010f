import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { repositoryFolder } from '../places.ts';

interface AlertmanagerFile {
  readonly global: Readonly<Record<string, unknown>>;
  readonly [setting: string]: unknown;
}

/** Production's Alertmanager file with the sandbox as the mail server: its routes and receivers are those of production. */
export function alertmanagerFile({ smtpPort }: { readonly smtpPort: number }): string {
  const text = readFileSync(join(repositoryFolder, 'deploy/alertmanager/alertmanager.yml'), 'utf8');
  const { global, ...rest } = parse(text) as AlertmanagerFile;
  const { smtp_auth_username: _name, smtp_auth_password_file: _file, ...kept } = global;
  const local = { ...kept, smtp_smarthost: `127.0.0.1:${smtpPort}`, smtp_require_tls: false };
  return stringify({ global: local, ...rest });
}
