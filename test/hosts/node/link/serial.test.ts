import { once } from 'node:events';
import { MockBinding, type MockPortBinding } from '@serialport/binding-mock';
import { SerialPortStream } from '@serialport/stream';
import { assert } from 'chai';
import { StreamLink } from '../../../../hosts/node/link/streamLink.js';
import { FrameReader } from '../../../../src/link/frames.js';
import { MAXIMUM_PACKET_BYTES } from '../../../../src/link/packetHeader.js';
import { StreamPort } from '../../../../src/link/streamPort.js';
import { contentOf } from '../../../src/books.js';
import { build, HOUR, MANAGER, meterId, ROUTER } from '../../../src/street.js';

const path = '/dev/ttyMETER';

/** The small device's end of the line: bytes that the Linux box has written, and bytes for it. */
class DeviceEnd {
  readonly #binding: MockPortBinding;
  readonly #deliver: FrameReader;
  readonly #port: StreamPort;

  constructor(
    binding: MockPortBinding,
    noise: readonly number[],
    deliver: (packet: Uint8Array, length: number) => void,
  ) {
    this.#binding = binding;
    this.#deliver = new FrameReader(MAXIMUM_PACKET_BYTES, deliver);
    this.#port = new StreamPort(MAXIMUM_PACKET_BYTES, (frame, length) => {
      this.#binding.emitData(Buffer.from([...noise, ...frame.subarray(0, length)]));
      return true;
    });
  }

  send(neighbour: number, packet: Uint8Array, length: number): void {
    this.#port.send(neighbour, packet, length);
  }

  /** Takes what was written on the other side since it was asked last. */
  take(from: number): number {
    const { recording } = this.#binding;
    this.#deliver.receive(recording.subarray(from));
    return recording.length;
  }
}

describe('A serial line between a Linux box and a small device', () => {
  afterEach(() => MockBinding.reset());

  for (const noise of [[], [0xff, 0x55, 3]]) {
    it(`carries readings up and questions down, ${noise.length > 0 ? 'through noise' : 'undisturbed'}`, async () => {
      MockBinding.createPort(path, { echo: false, record: true });
      const serial = new SerialPortStream({ binding: MockBinding, path, baudRate: 115_200 });
      await once(serial, 'open');
      const street = build(128);
      const deliverTo = (address: number) => (packet: Uint8Array, length: number) =>
        street.devices.get(address)!.receive(street.nowSeconds, packet.slice(0, length), length);
      // The local manager runs on the Linux box, the router with the radio is the small device.
      const box = new StreamLink(serial, deliverTo(MANAGER));
      const device = new DeviceEnd(serial.port!, noise, deliverTo(ROUTER));
      street.wires.set(ROUTER, box);
      street.wires.set(MANAGER, device);
      let taken = 0;
      for (let minute = 0; minute < 12 * 60 + 30; minute += 1) {
        street.run(60);
        for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        taken = device.take(taken);
      }
      street.run(HOUR);
      const { entries, losses } = contentOf(street.book.of(meterId));
      assert.isAtLeast(entries.size, 12);
      assert.equal(losses.size, 0);
      assert.isAbove(taken, 0, 'the time was told down the line');
      assert.equal(box.counters.dropped, 0);
      await new Promise((resolve) => serial.drain(resolve));
      await new Promise((resolve) => serial.close(resolve));
    });
  }
});
