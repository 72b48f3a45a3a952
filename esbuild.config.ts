/**
 * What `npm run build` makes: the program and the libraries it uses in few files. A job that reads its code out of hundreds starts a
 * second of CPU later and holds 50 MB more (the charts alone are most of it), for whole libraries are read for a few of their parts.
 */
import { rm } from 'node:fs/promises';
import { build } from 'esbuild';
import { validatorsMadeBeforehand } from './esbuild/validator.ts';

const folder = 'dist';

// Parts are named for what is in them, so those of an older build would stay.
await rm(folder, { recursive: true, force: true });
await build({
  entryPoints: ['jobs/cli.ts'],
  outbase: '.',
  outdir: folder,
  chunkNames: 'jobs/parts/[name]-[hash]',
  bundle: true,
  // What is imported when it is needed stays a part of its own.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.12',
  // Without comments and blanks there is less to read and to hold. Names stay as they are, for errors are told by them; `keepNames`, for
  // names that two modules share, would make a call for each closure, 4 % of what a delivery's messages cost.
  minifyWhitespace: true,
  // With them a failure names the source that it comes from.
  sourcemap: 'linked',
  sourcesContent: false,
  // pg asks this global whether it runs at Cloudflare, and Node 20 would load all of its fetch to answer; undici brings its own.
  define: { Response: 'undefined' },
  // pg asks for pg-native where somebody wants it; nobody does. pg-boss is optional.
  external: ['pg-native', 'pg-boss'],
  // Libraries in CommonJS ask for parts of Node in this way.
  banner: { js: "import{createRequire as requireFrom}from'node:module';const require=requireFrom(import.meta.url);" },
  plugins: [validatorsMadeBeforehand],
  logLevel: 'warning',
});
