import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { StreamLink, type TakePacket } from './streamLink.js';

/** Makes what takes the packets of a new connection. */
export type Accept = (link: StreamLink, remote: string) => TakePacket;

/** One concentrator each. */
const mostConnections = 1000;
const keepAliveMilliseconds = 60_000;

/** The server's end of uplinks on TCP. It waits for connections and has no way to open one. */
export class Listener {
  readonly #server: Server;

  constructor(accept: Accept) {
    this.#server = createServer({
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: keepAliveMilliseconds,
    });
    this.#server.maxConnections = mostConnections;
    this.#server.on('connection', (socket: Socket) => {
      socket.on('error', () => {});
      let take: TakePacket = () => {};
      const link = new StreamLink(socket, (packet, length) => take(packet, length));
      take = accept(link, `${socket.remoteAddress}:${socket.remotePort}`);
    });
  }

  /** Listens on a port, 0 for any; gives the one that it has. */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => resolve((this.#server.address() as AddressInfo).port));
    });
  }

  /** Takes no new connection; those that stand are not ended. */
  close(): void {
    this.#server.close();
  }
}
