/** Bundles TypeScript into one classic script that a bare XS machine can evaluate. */
import { join } from 'node:path';
import { build } from 'esbuild';
import { packageFolder, UsageError } from './engine.js';

/** `chaiFromFramework`: leave chai to the framework that is loaded before. */
export async function bundle(entry: string, output: string, chaiFromFramework: boolean): Promise<void> {
  try {
    await build({
      entryPoints: [entry],
      outfile: output,
      bundle: true,
      format: 'iife',
      target: 'es2022',
      platform: 'neutral',
      mainFields: ['module', 'main'],
      nodePaths: [join(packageFolder, 'node_modules')],
      alias: chaiFromFramework ? { chai: join(packageFolder, 'framework/chai.ts') } : {},
      logLevel: 'error',
    });
  } catch {
    throw new UsageError(
      `${entry} cannot be bundled for XS: it may import no node: modules, and packages must be installed ` +
        '(`npm ci` in the root and in test/xs).',
    );
  }
}
