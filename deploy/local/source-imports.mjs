// Preloaded by programs that start from their sources, which begin half a second of processor time sooner: each import of a file of
// drizzle-orm makes Node parse the 130 kB of `exports` in that package's manifest again. Nor does Node look for the manifest of our own files
// at each import. The cache keeps what Node compiled, types stripped.
import { enableCompileCache, flushCompileCache, registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

const packageFolder = new URL('../../node_modules/drizzle-orm/', import.meta.url).href;
const entry = /^drizzle-orm(?:\/|$)/;
const source = /^\.\.?\/.*\.ts$/;
const resolved = new Map();
/** By then most programs have loaded all that they need. Without this the cache would be written only at an orderly end. */
const flushAfterMs = 5000;

enableCompileCache(fileURLToPath(new URL('../../.data/compile-cache', import.meta.url)));
setTimeout(() => flushCompileCache(), flushAfterMs).unref();
registerHooks({
  resolve(specifier, context, nextResolve) {
    if (!context.conditions.includes('import')) return nextResolve(specifier, context);
    if (source.test(specifier))
      return { url: new URL(specifier, context.parentURL).href, format: 'module-typescript', shortCircuit: true };
    if (specifier.startsWith('.') && context.parentURL?.startsWith(packageFolder))
      return { url: new URL(specifier, context.parentURL).href, format: 'module', shortCircuit: true };
    if (!entry.test(specifier)) return nextResolve(specifier, context);
    // There is one version of it, so all importers mean the same file.
    const known = resolved.get(specifier) ?? { ...nextResolve(specifier, context), shortCircuit: true };
    resolved.set(specifier, known);
    return known;
  },
});
