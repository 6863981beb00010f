import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { repositoryFolder } from '../places.ts';

interface AlertmanagerFile {
  readonly global: Readonly<Record<string, unknown>>;
  readonly [setting: string]: unknown;
}

export interface LocalReceivers {
  readonly smtpPort: number;
  /** Operations ports. */
  readonly api: number;
  readonly worker: number;
  /** A file with the operator's token. */
  readonly tokenFile: string;
}

/** Production's Alertmanager file with the mail server and the operations ports of this machine: routes and receivers are production's. */
export function alertmanagerFile({ smtpPort, api, worker, tokenFile }: LocalReceivers): string {
  const text = readFileSync(join(repositoryFolder, 'deploy/alertmanager/alertmanager.yml'), 'utf8');
  const { global, ...rest } = parse(text) as AlertmanagerFile;
  const { smtp_auth_username: _name, smtp_auth_password_file: _file, ...kept } = global;
  const local = { ...kept, smtp_smarthost: `127.0.0.1:${smtpPort}`, smtp_require_tls: false };
  return stringify({ global: local, ...rest }, { aliasDuplicateObjects: false })
    .replaceAll('http://api:9100/', `http://127.0.0.1:${api}/`)
    .replaceAll('http://worker:9100/', `http://127.0.0.1:${worker}/`)
    .replaceAll('/etc/alertmanager/operations-token', tokenFile);
}
