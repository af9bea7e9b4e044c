/** Put there by bench/vite-peers.mjs. */
declare const __BENCH_PEERS__: boolean;
