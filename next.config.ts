import type { NextConfig } from 'next';

/** Every response is cross-origin isolated, so that the in-browser engine may use threads; the CSP is set a page in proxy.ts. */
const headers = [
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
  { key: 'Cross-Origin-Embedder-Policy', value: 'require-corp' },
  { key: 'Cross-Origin-Resource-Policy', value: 'same-origin' },
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'X-Frame-Options', value: 'DENY' },
  { key: 'Referrer-Policy', value: 'strict-origin-when-cross-origin' },
  { key: 'Permissions-Policy', value: 'camera=(self), microphone=(), geolocation=()' },
];

const config: NextConfig = {
  poweredByHeader: false,
  // PGlite loads its WebAssembly by path, and pg is a server's library: neither may be bundled.
  serverExternalPackages: ['@electric-sql/pglite', 'pg', 'pino'],
  // Published checkpoints lie beside the committed ones, under the same addresses; a model's page has its card there.
  rewrites: async () => ({
    beforeFiles: [{ source: '/models/models.json', destination: '/api/models' }],
    afterFiles: [
      { source: '/models/:id/:path((?!opengraph-image).*)', destination: '/api/models/:id/:path+' },
    ],
  }),
  headers: async () => [
    { source: '/:path*', headers },
    // Doors serve data, never a page.
    {
      source: '/api/:path*',
      headers: [{ key: 'Content-Security-Policy', value: "default-src 'none'; frame-ancestors 'none'" }],
    },
  ],
};

export default config;
