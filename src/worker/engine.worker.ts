/** The engine in its worker: one session and the data sets it may use, behind the protocol. */
import * as Comlink from 'comlink';
import { EngineHost } from './engine-host';
import { registerEventWire } from './event-wire';

registerEventWire({
  postMessage: (message, transfer) => {
    postMessage(message, { transfer });
  },
});
Comlink.expose(new EngineHost());
