import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { assert } from 'chai';
import { Dialler } from '../../../../hosts/node/link/dialler.js';
import { Listener } from '../../../../hosts/node/link/listener.js';
import type { StreamLink } from '../../../../hosts/node/link/streamLink.js';
import { Operation, ResultCode } from '../../../../src/commands/operation.js';
import { contentOf } from '../../../src/books.js';
import { build, HOUR, meterId, type Street } from '../../../src/street.js';

const loopback = '127.0.0.1';

/** A router between the concentrator and the world: it lets connections out, and changes their address. */
class Nat {
  port = 0;
  passed = 0;
  readonly #server = createServer((inside) => this.#pass(inside));
  readonly #sockets = new Set<Socket>();
  readonly #outside: number;

  constructor(outside: number) {
    this.#outside = outside;
  }

  async open(): Promise<void> {
    this.#server.listen(0, loopback);
    await once(this.#server, 'listening');
    this.port = (this.#server.address() as AddressInfo).port;
  }

  /** Every connection breaks, as when the router is switched off and on. */
  breakAll(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  close(): void {
    this.breakAll();
    this.#server.close();
  }

  #pass(inside: Socket): void {
    this.passed += 1;
    const outside = connect(this.#outside, loopback);
    for (const [from, to] of [
      [inside, outside],
      [outside, inside],
    ] as const) {
      this.#sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    }
  }
}

/** A street whose concentrator reaches its server by TCP, behind a router. */
class Connected {
  readonly street: Street = build(128);
  readonly pauses: number[] = [];
  readonly remotes: string[] = [];
  nat!: Nat;
  listener!: Listener;
  dialler!: Dialler;
  #link: StreamLink | undefined;

  async open(): Promise<void> {
    const { street } = this;
    this.listener = new Listener((link, remote) => {
      this.remotes.push(remote);
      this.#link = link;
      return (packet, length) => street.server.receive(street.nowSeconds, packet, length);
    });
    this.nat = new Nat(await this.listener.listen(0, loopback));
    await this.nat.open();
    this.dialler = new Dialler({
      host: loopback,
      port: this.nat.port,
      random: () => 7,
      deliver: (packet, length) => street.concentrator.receiveFromServer(street.nowSeconds, packet, length),
      connected: () => street.concentrator.connected(street.nowSeconds),
      later: (milliseconds, work) => {
        this.pauses.push(milliseconds);
        const timer = setImmediate(work);
        return () => clearImmediate(timer);
      },
    });
    street.uplink = this.dialler;
    // The server speaks where the concentrator has dialled in, and nowhere else.
    street.downlink = { send: (...packet) => this.#link?.send(...packet) };
    await this.until(() => this.dialler.isConnected);
  }

  /** Lets what is on the sockets arrive, until it is so. */
  async until(isSo: () => boolean): Promise<void> {
    for (let turn = 0; !isSo(); turn += 1) {
      if (turn === 2000) throw new Error('it never came to that');
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** Virtual time goes on, minute by minute, until it is so. */
  async runUntil(isSo: () => boolean): Promise<void> {
    for (let minute = 0; !isSo(); minute += 1) {
      if (minute === 2000) throw new Error('it never came to that');
      this.street.run(60);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  close(): void {
    this.dialler.close();
    this.nat.close();
    this.listener.close();
  }
}

describe('An uplink by TCP', () => {
  let connected: Connected;

  beforeEach(async () => {
    connected = new Connected();
    await connected.open();
  });

  afterEach(() => connected.close());

  it('is dialled by the concentrator from behind a router, and brings readings up and commands down', async () => {
    const { street, remotes } = connected;
    await connected.runUntil(() => contentOf(street.book.of(meterId)).entries.size >= 12);
    assert.lengthOf(remotes, 1);
    street.command(1, [3, 1], Operation.selfCheck);
    await connected.runUntil(() => street.results.length > 0);
    assert.equal(street.results[0]!.code, ResultCode.done);
    assert.equal(connected.nat.passed, 1, 'nobody but the concentrator dials');
  });

  it('is dialled again when it breaks, and nothing is lost', async () => {
    const { street, nat, dialler } = connected;
    for (let times = 1; times <= 5; times += 1) {
      await connected.runUntil(() => contentOf(street.book.of(meterId)).entries.size >= 4 * times);
      nat.breakAll();
      await connected.until(() => dialler.connections === times + 1 && dialler.isConnected);
    }
    await connected.runUntil(() => contentOf(street.book.of(meterId)).entries.size >= 24);
    const { entries, losses } = contentOf(street.book.of(meterId));
    assert.equal(losses.size, 0);
    const values = [...entries].sort(([a], [b]) => a - b).map(([, { value }]) => value);
    assert.deepEqual(
      values,
      values.map((_, sequence) => 1007 + 7 * sequence),
    );
  });

  it('collects on without a server, and dials with growing pauses, each a little different', async () => {
    const { street, nat, dialler, pauses } = connected;
    nat.close();
    await connected.until(() => dialler.failures >= 12);
    dialler.close();
    for (let at = 2; at < 8; at += 1) assert.isAbove(pauses[at]!, pauses[at - 1]!);
    assert.isAtMost(Math.max(...pauses), 300_000);
    const before = contentOf(street.book.of(meterId)).entries.size;
    street.run(12 * HOUR);
    assert.equal(contentOf(street.book.of(meterId)).entries.size, before);
    assert.isAtLeast(street.concentrator.role.uplink.parts, 1);
  });

  it('takes noise for noise: a stranger who connects harms nobody', async () => {
    const { street, remotes } = connected;
    const stranger = connect(connected.nat.port, loopback);
    stranger.on('error', () => {});
    stranger.write(Uint8Array.from({ length: 5000 }, (_, index) => (index * 7) % 256));
    await connected.until(() => remotes.length === 2);
    stranger.destroy();
    const { malformed, foreign, unsealed } = street.server.counters;
    assert.equal(malformed + foreign + unsealed, 0, 'no noise came through the frames');
  });
});
