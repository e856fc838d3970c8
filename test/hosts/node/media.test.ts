import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { assert } from 'chai';
import type { Port } from '../../../src/firmware.js';
import { FrameReader } from '../../../src/link/frames.js';
import { type Message, MessageKind } from '../../../src/link/message.js';
import { MAXIMUM_PACKET_BYTES } from '../../../src/link/packetHeader.js';
import { StreamPort } from '../../../src/link/streamPort.js';
import { Station } from '../../src/network/net.js';

const METER = 0x1001;
const MANAGER = 0x0100;

/** What carries bytes or packets between two devices: a port for each end, and where its packets arrive. */
interface Medium {
  readonly ports: readonly [Port, Port];
  connect(end: 0 | 1, deliver: (packet: Uint8Array, length: number) => void): void;
  close(): void;
}

function radio(): Medium {
  const delivers: ((packet: Uint8Array, length: number) => void)[] = [];
  const port = (end: 0 | 1): Port => ({
    send: (_, packet, length) => {
      const copy = packet.slice(0, length);
      setImmediate(() => delivers[1 - end]!(copy, length));
    },
  });
  return {
    ports: [port(0), port(1)],
    connect: (end, deliver) => {
      delivers[end] = deliver;
    },
    close: () => {},
  };
}

/** One end of a stream of bytes. */
interface End {
  write(bytes: Uint8Array): boolean;
  on(event: 'data' | 'drain', take: (bytes: Uint8Array) => void): unknown;
  destroy(): unknown;
}

/** Two ends of streams; `noise` gets onto the line in front of every frame. */
function stream(ends: readonly [End, End], noise: readonly number[] = []): Medium {
  const port = (end: End): Port => {
    const framed = new StreamPort(MAXIMUM_PACKET_BYTES, (frame, length) =>
      end.write(Uint8Array.from([...noise, ...frame.subarray(0, length)])),
    );
    end.on('drain', () => framed.drained());
    return framed;
  };
  return {
    ports: [port(ends[0]), port(ends[1])],
    connect: (end, deliver) => {
      const reader = new FrameReader(MAXIMUM_PACKET_BYTES, deliver);
      ends[end].on('data', (bytes) => reader.receive(bytes));
    },
    close: () => {
      for (const end of ends) end.destroy();
    },
  };
}

/** Two ends joined in memory, which give so many bytes at a time. */
function pair(bytesAtATime: number): readonly [End, End] {
  const [there, back] = [new PassThrough(), new PassThrough()];
  const end = (from: PassThrough, to: PassThrough): End => ({
    write: (bytes) => {
      for (let at = 0; at < bytes.length; at += bytesAtATime) to.write(bytes.slice(at, at + bytesAtATime));
      return true;
    },
    on: (event, take) => from.on(event, take),
    destroy: () => from.destroy(),
  });
  return [end(back, there), end(there, back)];
}

async function tcp(): Promise<Medium> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [socket] = (await once(server, 'connection')) as [Socket];
  server.close();
  return stream([client, socket]);
}

const media: Record<string, () => Medium | Promise<Medium>> = {
  'a radio': radio,
  'a pipe': () => stream(pair(4096)),
  'a serial line with noise, a byte at a time': () => stream(pair(1), [0xff, 0x55, 3]),
  TCP: tcp,
};

describe('Node over any medium', () => {
  for (const [name, open] of Object.entries(media)) {
    it(`asks and is answered over ${name}`, async () => {
      const medium = await open();
      const meter = new Station(METER, { route: [MANAGER], port: medium.ports[0] });
      const manager = new Station(MANAGER, { peers: 8, port: medium.ports[1] });
      medium.connect(0, (packet, length) => meter.node.receive(0, packet, length));
      medium.connect(1, (packet, length) => manager.node.receive(0, packet, length));
      const data = Uint8Array.from({ length: 500 }, (_, index) => index % 3);
      const long: Message = { kind: MessageKind.result, number: 1, storeId: [1, 2], code: 0, data };
      const answered = new Promise<Message>((resolve) => {
        manager.node.onMessage = (source, message) => manager.node.send(source, message);
        meter.node.onMessage = (_, message) => resolve(message);
      });
      // Longer than a packet, so that pieces go both ways.
      meter.node.send(MANAGER, long);
      assert.deepEqual(await answered, long);
      medium.close();
    });
  }
});
