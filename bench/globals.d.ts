/** Put there by bench/vite-peers.ts. */
declare const __BENCH_PEERS__: boolean;
