import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FoundProgram } from '../binaries/find-system-program.ts';
import { privateFolder, privateWriter } from '../host/reachable-folder.ts';
import type { Supervised } from '../host/supervisor.ts';
import { repositoryFolder } from '../places.ts';
import type { ServiceContext } from './service-options.ts';

/** A running edge. */
export interface LocalNginx {
  readonly child: Supervised;
  readonly url: string;
}

export interface NginxOptions {
  readonly port: number;
  /** Where the API listens on 127.0.0.1; one port may be shared by several processes. */
  readonly apiPort: number;
  readonly apiProcesses: number;
  /** Other machines on which the API listens on that port, instead of 127.0.0.1. */
  readonly apiMachines?: readonly string[];
  /** Requests per second of one network, beyond the bursts. A load generator is one network. */
  readonly requestsPerSecond?: number;
}

const readyDeadlineMs = 10_000;
const probeDeadlineMs = 1000;
const requestsPerSecondDefault = 2000;

/** Files that production's configuration includes, too. Copied, since the account may be unable to read the repository. */
const sharedFiles = [
  'edge-http.conf',
  'edge-server.conf',
  'edge-public.conf',
  'edge-page.conf',
  'edge-file.conf',
  'edge-forward.conf',
] as const;

/** Starts nginx on 127.0.0.1 in front of the API, with production's rules. */
export async function startNginx(
  { folder, account, supervisor }: Pick<ServiceContext, 'folder' | 'account' | 'supervisor'>,
  program: FoundProgram,
  options: NginxOptions,
): Promise<LocalNginx> {
  const own = privateFolder(join(folder, 'nginx'), account);
  const write = privateWriter(own, account);
  for (const name of sharedFiles) write(name, readFileSync(join(repositoryFolder, 'deploy/nginx', name), 'utf8'));
  const settings = write('nginx.conf', mainFile(own, options));
  const url = `http://127.0.0.1:${options.port}`;
  const child = await supervisor.start({
    name: 'nginx',
    command: program.command,
    args: ['-e', 'stderr', '-p', own, '-c', settings],
    environment: program.environment,
    folder: own,
    account,
    // If the launcher ends without stopping nginx, the last of these is sent. After SIGKILL the workers would outlive their master.
    stopSteps: [
      ['SIGTERM', 3000],
      ['SIGQUIT', 1000],
    ],
    readyDeadlineMs,
    isReady: async () =>
      (await fetch(`${url}/.edge/alive`, { signal: AbortSignal.timeout(probeDeadlineMs) })).status === 204,
  });
  return { child, url };
}

/** The local counterpart of deploy/nginx/nginx.conf: no TLS, its own paths, one machine. */
function mainFile(own: string, options: NginxOptions): string {
  const { port, apiPort, apiProcesses, apiMachines, requestsPerSecond = requestsPerSecondDefault } = options;
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  // Named once for each process that shares the port: when one process has gone, the retry reaches another. Machines are tried as in
  // production: one that fails is left out for a time.
  const origins =
    apiMachines?.map((address) => `    server ${address}:${apiPort} max_fails=3 fail_timeout=5s;`) ??
    Array.from({ length: apiProcesses }, () => `    server 127.0.0.1:${apiPort} max_fails=0;`);
  return `daemon off;
worker_processes auto;
pid "${own}/nginx.pid";
worker_shutdown_timeout 2s;
events {
  worker_connections 4096;
  multi_accept on;
}
http {
  access_log off;
${temporary.map((name) => `  ${name}_temp_path "${own}/temporary-${name}";`).join('\n')}
  proxy_cache_path "${own}/cache" levels=1:2 keys_zone=edge_public:16m max_size=128m inactive=10m use_temp_path=off;
  limit_req_zone $edge_limit_key zone=edge_requests:10m rate=${requestsPerSecond}r/s;
  limit_req_zone $edge_important_key zone=edge_important:10m rate=${requestsPerSecond * 10}r/s;
  limit_req_zone $edge_poll_key zone=edge_polls:10m rate=${requestsPerSecond * 10}r/s;
  limit_conn_zone $edge_connection_key zone=edge_connections:10m;
  limit_conn_zone $edge_stream_key zone=edge_streams:10m;
  upstream antre {
    least_conn;
${origins.join('\n')}
    keepalive 512;
    keepalive_timeout 60s;
  }
  include edge-http.conf;
  server {
    listen 127.0.0.1:${port} default_server;
    include edge-server.conf;
  }
}
`;
}
