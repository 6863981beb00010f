import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { LaunchProblem } from '../local/launch-problem.ts';
import { programFolder, repositoryFolder } from '../local/places.ts';
import { takeNoArguments } from '../local/no-arguments.ts';

/**
 * `npm run check:kubernetes`: builds base and overlay with kustomize, and validates each object with kubeconform against the schemas of
 * Kubernetes and KEDA, strictly: an unknown field is a fault. Programs and schemas are fetched once, with Go and pip, into the data folder.
 */
const kubernetesVersion = '1.36.0';
const tools = {
  kustomize: 'sigs.k8s.io/kustomize/kustomize/v5@v5.5.0',
  kubeconform: 'github.com/yannh/kubeconform/cmd/kubeconform@v0.6.7',
} as const;
/** It carries the schemas of all versions of Kubernetes as files. */
const schemaPackage = 'kubernetes-validate==1.37.0';
const kedaModule = 'github.com/kedacore/keda/v2@v2.16.1';
const fetchDeadlineMs = 900_000;
const place = join(programFolder, 'kubernetes');
const variants = ['base', 'overlays/production'];

function act(command: string, parameters: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, parameters, {
    cwd: place,
    encoding: 'utf8',
    timeout: fetchDeadlineMs,
    maxBuffer: 64 * 1024 ** 2,
  });
  if (status === 0) return stdout;
  const why = error === undefined ? `${stdout}${stderr}`.trim().split('\n').slice(-10).join('\n') : error.message;
  throw new LaunchProblem(`${command} ${parameters.slice(0, 3).join(' ')} failed: ${why}`);
}

function findTool(name: keyof typeof tools): string {
  const own = join(place, name);
  if (!existsSync(own)) {
    console.log(`fetching ${tools[name]}`);
    act('env', [`GOBIN=${place}`, 'go', 'install', tools[name]]);
  }
  return own;
}

/** @returns the folder of the strict schemas */
function findSchemas(): string {
  const found = join(place, `schemas/kubernetes_validate/kubernetes-json-schema/v${kubernetesVersion}-local-strict`);
  if (!existsSync(found)) {
    console.log(`fetching the schemas of Kubernetes ${kubernetesVersion}`);
    act('python3', ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', place, schemaPackage]);
    const [wheel] = globSync('*.whl', { cwd: place });
    act('python3', ['-m', 'zipfile', '-e', wheel ?? '', join(place, 'schemas')]);
    rmSync(join(place, wheel ?? ''));
  }
  return found;
}

/** Writes the schema of ScaledObject from KEDA's own definition. */
function writeKedaSchema(): void {
  const file = join(place, 'scaledobject-keda-v1alpha1.json');
  if (!existsSync(file)) {
    console.log(`fetching ${kedaModule}`);
    const { Dir: folder } = JSON.parse(act('go', ['mod', 'download', '-json', kedaModule])) as { Dir: string };
    const definition = parse(readFileSync(join(folder, 'config/crd/bases/keda.sh_scaledobjects.yaml'), 'utf8')) as {
      spec: { versions: readonly { name: string; schema: { openAPIV3Schema: object } }[] };
    };
    const version = definition.spec.versions.find(({ name }) => name === 'v1alpha1');
    writeFileSync(file, JSON.stringify(closed(version?.schema.openAPIV3Schema)));
  }
}

/** A cluster drops unknown fields without a word. Here they are faults. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  const isOpen = 'additionalProperties' in schema || 'x-kubernetes-preserve-unknown-fields' in schema;
  // Metadata are described elsewhere, so their definition here is empty.
  return 'properties' in schema && !isOpen ? { ...inner, additionalProperties: false } : inner;
}

/** The schemas refer to parts of each other; kubeconform reads only files that stand alone. */
function standAlone(schema: unknown, definitions: Readonly<Record<string, unknown>>): unknown {
  if (Array.isArray(schema)) return schema.map((each) => standAlone(each, definitions));
  if (typeof schema !== 'object' || schema === null) return schema;
  const reference = '$ref' in schema ? String(schema.$ref).split('/').at(-1) : undefined;
  if (reference !== undefined) return standAlone(definitions[reference], definitions);
  return Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, standAlone(value, definitions)]));
}

/** Writes the schema of each kind of object of Kubernetes beside that of KEDA. */
function writeSchemas(objects: readonly { readonly apiVersion: string; readonly kind: string }[]): void {
  const schemas = findSchemas();
  const read = (name: string) => JSON.parse(readFileSync(join(schemas, name), 'utf8')) as Record<string, unknown>;
  const definitions = read('_definitions.json')['$defs'] as Record<string, unknown>;
  for (const { apiVersion, kind } of objects) {
    const group = apiVersion.split('/').map((part) => part.split('.')[0]);
    const name = `${kind.toLowerCase()}-${group.join('-')}.json`;
    if (existsSync(join(schemas, name)))
      writeFileSync(join(place, name), JSON.stringify(standAlone(read(name), definitions)));
  }
}

function validate(): void {
  mkdirSync(place, { recursive: true });
  const [kustomize, kubeconform] = [findTool('kustomize'), findTool('kubeconform')];
  writeKedaSchema();
  for (const variant of variants) {
    const built = act(kustomize, ['build', join(repositoryFolder, 'deploy/kubernetes', variant)]);
    const file = join(place, 'built.yaml');
    writeFileSync(file, built);
    writeSchemas(parseAllDocuments(built).map((document) => document.toJS() as { apiVersion: string; kind: string }));
    const location = join(place, '{{ .ResourceKind }}{{ .KindSuffix }}.json');
    console.log(
      `${variant}\n${act(kubeconform, ['-strict', '-summary', '-verbose', '-schema-location', location, file]).trim()}`,
    );
  }
}

takeNoArguments('check:kubernetes', 'Validates deploy/kubernetes against the schemas of Kubernetes and KEDA.');
try {
  validate();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
