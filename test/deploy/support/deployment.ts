import { globSync, readFileSync } from 'node:fs';
import { parse, parseAllDocuments } from 'yaml';

export type Environment = Readonly<Record<string, string>>;
type ComposeService = {
  readonly image?: string;
  readonly command?: readonly string[] | string;
  readonly environment?: Environment;
  readonly volumes?: readonly string[];
  readonly env_file?: readonly string[];
};

/** The services of the compose file that run the product. */
export const productServices = ['migrate', 'api', 'worker'] as const;

export function compose(): { readonly services: Readonly<Record<string, ComposeService>> } {
  return parse(readFileSync('deploy/compose.yaml', 'utf8'), { merge: true });
}

type Resource = {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
};

/** Every object of the Kubernetes manifests, with the file it comes from. */
export function kubernetesObjects(): readonly (Resource & { readonly file: string })[] {
  return globSync('deploy/kubernetes/**/*.yaml')
    .toSorted()
    .flatMap((file) =>
      parseAllDocuments(readFileSync(file, 'utf8')).map((document) => ({ ...(document.toJS() as Resource), file })),
    );
}

export function kubernetesEnvironment(): Environment {
  const objects = kubernetesObjects();
  const config = objects.find(({ kind }) => kind === 'ConfigMap')?.['data'] as Environment;
  const secret = objects.find(({ kind }) => kind === 'Secret')?.['stringData'] as Environment;
  return { ...config, ...secret };
}

/** `Environment=` lines of the systemd units. */
export function systemdVariables(): readonly string[] {
  return globSync('deploy/systemd/*.service').flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/^Environment=([A-Z_]+)=/gm)].map(([, name = '']) => name),
  );
}

/** Names in a file of `NAME=value` lines; a commented line that shows a variable counts. */
export function variablesOf(file: string): readonly string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)].map(([, name = '']) => name);
}
