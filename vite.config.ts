import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// A relative base lets the built site run from any sub-path.
export default defineConfig({
  base: './',
  plugins: [react()],
  worker: { format: 'es' },
  build: { target: 'es2023', chunkSizeWarningLimit: 1500 },
});
