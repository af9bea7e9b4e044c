/** The engine in its worker: one session and the data sets it may use, behind the protocol. */
import * as Comlink from 'comlink';
import { EngineHost } from './engine-host';

Comlink.expose(new EngineHost());
