import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { benchPeers, peersInstalled } from './bench/vite-peers.mjs';

export default defineConfig(({ command, mode }) => ({
  // A relative base lets the built site run from any sub-path.
  base: './',
  // The built site has the benchmark without the libraries that it compares with.
  plugins: [react(), benchPeers((command === 'serve' || mode === 'bench') && peersInstalled())],
  // The worker is a module that shares chunks with the page.
  worker: { format: 'es' },
  // What only the worker or a part loaded later imports is prepared at the start too: found later, it would reload the page.
  optimizeDeps: { entries: ['index.html', 'bench.html', 'src/**/*.{ts,tsx}'] },
  build: { target: 'es2023', chunkSizeWarningLimit: 1500, rolldownOptions: { input: ['index.html', 'bench.html'] } },
}));
