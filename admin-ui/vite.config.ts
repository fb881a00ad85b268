import { defineConfig } from 'vitest/config';

export default defineConfig({
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
  },
  server: {
    proxy: { '/api': { target: process.env.HUB_URL ?? 'http://127.0.0.1:8123' } },
  },
  test: {
    environment: 'happy-dom',
    include: ['test/**/*.test.{ts,tsx}'],
    setupFiles: ['test/setup.ts'],
    restoreMocks: true,
  },
});
