import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// `npm run dev` talks to a management service, by default that of `holdfast dev`; HOLDFAST_MOCK=1 answers from dev/mock.ts instead.
const service = process.env.HOLDFAST_SERVICE ?? 'http://127.0.0.1:7400';

export default defineConfig(async () => ({
  plugins: [react(), ...(process.env.HOLDFAST_MOCK ? [(await import('./dev/mock')).mock()] : [])],
  build: {
    outDir: 'dist',
    sourcemap: false,
    // An inlined asset would be a data: URL, which the service's Content-Security-Policy does not allow for scripts and fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 600,
    rollupOptions: {
      output: {
        manualChunks: (id: string) => {
          if (/node_modules\/(react|react-dom|scheduler)\//.test(id)) return 'react';
          if (/node_modules\/(@mantine|@floating-ui)\//.test(id)) return 'mantine';
          return undefined;
        },
      },
    },
  },
  server: { port: 7480, proxy: process.env.HOLDFAST_MOCK ? undefined : { '/api': service, '/openapi': service, '/health': service } },
  test: { environment: 'node', include: ['src/**/*.test.ts', 'dev/**/*.test.ts'] },
}));
