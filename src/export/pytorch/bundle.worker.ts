/** Makes a zip file away from the page's thread. */
import * as Comlink from 'comlink';
import { experimentBundle, type BundleSource } from './bundle';

const remote = {
  bundle: (source: BundleSource): Uint8Array<ArrayBuffer> => {
    const bytes = experimentBundle(source);
    return Comlink.transfer(bytes, [bytes.buffer]);
  },
};
export type BundleRemote = typeof remote;

Comlink.expose(remote);
