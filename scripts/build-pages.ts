/**
 * Builds the pages (packages/web) into packages/web/dist, with each file compressed beside it, so that
 * the server never compresses. `scripts/pages.mjs` runs this when the sources have changed.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { build } from 'vite';

const web = join(import.meta.dirname, '../packages/web');

await build({
  root: web,
  configFile: false,
  logLevel: 'warn',
  plugins: [react(), tailwind()],
  resolve: {
    alias: {
      'react-dom/client': 'preact/compat/client',
      'react-dom': 'preact/compat',
      'react/jsx-runtime': 'preact/jsx-runtime',
      react: 'preact/compat',
    },
  },
  // What the policy of the pages forbids (data: scripts, inline styles) is never made.
  build: { outDir: process.argv[2] ?? 'dist', emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, manifest: true },
});

const out = join(web, process.argv[2] ?? 'dist');
for (const name of readdirSync(out, { recursive: true, encoding: 'utf8' })) {
  if (!/\.(js|css|svg|html)$/.test(name)) continue;
  const path = join(out, name);
  const bytes = readFileSync(path);
  // The server changes the first page for each reader.
  if (name === 'index.html') continue;
  writeFileSync(
    `${path}.br`,
    brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
  );
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
}
rmSync(join(out, 'sources'), { force: true });
