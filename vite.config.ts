import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  // A relative base lets the built site run from any sub-path.
  base: './',
  plugins: [react()],
  // The worker is a module that shares chunks with the page.
  worker: { format: 'es' },
  // What only the worker or a part loaded later imports is prepared at the start too: found later, it would reload the page.
  optimizeDeps: { entries: ['index.html', 'src/**/*.{ts,tsx}'] },
  build: { target: 'es2023', chunkSizeWarningLimit: 1500 },
});
