import type { StoreId } from '../../../lib/limfs/index.js';
import { SERVER_ADDRESS } from '../../../src/concentrator/concentratorFirmware.js';
import { numbers } from '../../../src/events/numbers.js';
import { FrameReader, FrameWriter } from '../../../src/link/frames.js';
import { MessageKind, type Result } from '../../../src/link/message.js';
import { NullSeal } from '../../../src/link/seal.js';
import { Node } from '../../../src/network/node.js';
import type { Book } from '../../../src/receiver/book.js';
import { ReportReceiver } from '../../../src/receiver/reportReceiver.js';
import type { FakePort } from './bench.js';

const maximumBytes = 128;
const daySeconds = 86_400;

/** The server's end of a concentrator's serial line: a book of readings, and commands. */
export class BenchServer {
  /** Values by `store id,sequence`. */
  readonly readings = new Map<string, number | undefined>();
  readonly results: Result[] = [];
  conflicts = 0;
  lost = 0;
  readonly #node: Node;
  readonly #concentrator: number;
  readonly #line: () => FakePort | undefined;
  readonly #reader: FrameReader;
  #number = 1;
  #timeSeconds = 0;

  constructor(networkId: number, concentrator: number, line: () => FakePort | undefined) {
    this.#concentrator = concentrator;
    this.#line = line;
    const writer = new FrameWriter(maximumBytes);
    this.#node = new Node({
      address: SERVER_ADDRESS,
      networkId,
      route: [],
      payloadBytes: maximumBytes,
      seal: new NullSeal(),
      firstCounter: 1,
      peers: 4,
      port: {
        send: (_neighbour, packet, length) =>
          this.#line()?.receive([...writer.bytes.subarray(0, writer.build(packet, length))]),
      },
    });
    const receiver = new ReportReceiver(this.#node, this.#book(), {
      passed: () => {},
      reported: () => {},
      parted: () => {},
      event: () => {},
      result: (result) => this.results.push(result),
      passThrough: () => {},
      quarantine: () => {
        throw new Error('a report makes no sense');
      },
    });
    this.#node.onMessage = (source, message, _hops, timeSeconds) =>
      receiver.take(source, message, timeSeconds);
    this.#reader = new FrameReader(maximumBytes, (packet, length) =>
      this.#node.receive(this.#timeSeconds, packet, length),
    );
  }

  /** Takes what the concentrator has sent. */
  listen(timeSeconds: number): void {
    this.#timeSeconds = timeSeconds;
    for (let bytes = this.#line()?.drainAll(); bytes !== undefined && bytes.length > 0; ) {
      this.#reader.receive(Uint8Array.from(bytes));
      bytes = this.#line()?.drainAll();
    }
  }

  command(storeId: StoreId, operation: number, ...values: readonly number[]): void {
    const argument = numbers(...values);
    const notAfterSeconds = this.#timeSeconds + daySeconds;
    const number = this.#number++;
    this.#node.send(this.#concentrator, {
      kind: MessageKind.command,
      number,
      storeId,
      notAfterSeconds,
      operation,
      argument,
    });
  }

  #book(): Book {
    return {
      put: (storeId, _line, batch, row) => {
        const key = `${storeId},${(batch.firstSequence + row) >>> 0}`;
        const value = batch.valids[row] === 1 ? batch.values[row * batch.channels] : undefined;
        if (!this.readings.has(key)) {
          this.readings.set(key, value);
          return 'new';
        }
        if (this.readings.get(key) === value) return 'same';
        this.conflicts += 1;
        return 'conflict';
      },
      lose: (_storeId, { first, end }) => {
        this.lost += end - first;
      },
      learn: () => null,
    };
  }
}
