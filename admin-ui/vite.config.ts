import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** All of the admin page's script and style, as the hub sends them compressed. */
const MOST_BYTES = 120 * 1024;

/** What files of the API's reference begin with: it is another page, and nothing of it is loaded by the admin page. */
const REFERENCE = 'assets/reference-';

function keepSmall(): Plugin {
  return {
    name: 'keep-small',
    generateBundle(_, bundle) {
      let bytes = 0;
      for (const file of Object.values(bundle)) {
        if (file.fileName.startsWith(REFERENCE)) continue;
        if (file.type === 'chunk') bytes += gzipSync(file.code).length;
        else if (file.fileName.endsWith('.css')) bytes += gzipSync(file.source).length;
      }
      if (bytes > MOST_BYTES) this.error(`Script and style take ${bytes} bytes by gzip, more than ${MOST_BYTES}.`);
    },
  };
}

/** The licences of what is built in, as they ask for: beside the pages, at /licences.txt. */
const LICENCES = [
  'preact/LICENSE',
  '@preact/signals/LICENSE',
  'uplot/LICENSE',
  'swagger-ui-dist/NOTICE',
  'swagger-ui-dist/LICENSE',
  'swagger-ui-dist/swagger-ui-es-bundle.js.LICENSE.txt',
];

function tellLicences(): Plugin {
  return {
    name: 'tell-licences',
    generateBundle() {
      const texts = LICENCES.map((path) => `--- ${path}\n\n${readFileSync(new URL(`node_modules/${path}`, import.meta.url), 'utf8')}`);
      this.emitFile({ type: 'asset', fileName: 'licences.txt', source: texts.join('\n') });
    },
  };
}

export default defineConfig({
  plugins: [keepSmall(), tellLicences()],
  build: {
    // Straight into the jar's classes, so that Maven needs no copying.
    outDir: 'target/classes/web',
    emptyOutDir: true,
    // The hub sends `default-src 'self'`: data: URIs would be refused.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    // The first that know light-dark().
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
    reportCompressedSize: true,
    // The viewer of the reference comes as one piece.
    chunkSizeWarningLimit: 2000,
    rolldownOptions: { checks: { pluginTimings: false }, input: { index: 'index.html', reference: 'api/index.html' } },
  },
  server: {
    proxy: { '^/api/(v1/|openapi)': { target: process.env.HUB_URL ?? 'http://127.0.0.1:8123' } },
  },
  test: {
    environment: 'happy-dom',
    include: ['test/**/*.test.{ts,tsx}'],
    setupFiles: ['test/setup.ts'],
    restoreMocks: true,
  },
});
