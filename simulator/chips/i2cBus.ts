import type { I2C, I2CClass, I2COptions } from '../../lib/drivers/io.js';

/** A chip on the bus, driven by the conditions and bytes that its data sheet draws. */
export interface I2CTarget {
  /** START or repeated START with seven address bits and R/W; true means acknowledged. */
  start(addressByte: number): boolean;
  /** A byte from the master; true means acknowledged. */
  receive(byte: number): boolean;
  /** A byte to the master, who acknowledges all but the last. */
  send(): number;
  /** STOP: the transaction is over. */
  stop(): void;
}

/**
 * An I2C bus with one master. It counts what the targets of a storage are stated in: transactions (START to STOP,
 * a repeated START inside), bytes on the wire (addresses included), and bus time: one bit time for START,
 * repeated START and STOP, nine for a byte.
 */
export class I2CBus {
  transactions = 0;
  wireBytes = 0;
  busMicroseconds = 0;
  readonly #targets: readonly I2CTarget[];

  constructor(...targets: I2CTarget[]) {
    this.#targets = targets;
  }

  resetCounters(): void {
    this.transactions = 0;
    this.wireBytes = 0;
    this.busMicroseconds = 0;
  }

  write(address: number, bytes: Uint8Array, bitMicroseconds: number): void {
    this.transactions++;
    const target = this.#start(address << 1, bitMicroseconds);
    this.#sendAll(target, bytes, bitMicroseconds);
    this.#stop(target, bitMicroseconds);
  }

  read(address: number, into: Uint8Array, bitMicroseconds: number): void {
    this.transactions++;
    const target = this.#start((address << 1) | 1, bitMicroseconds);
    this.#receiveAll(target, into, bitMicroseconds);
    this.#stop(target, bitMicroseconds);
  }

  writeRead(address: number, bytes: Uint8Array, into: Uint8Array, bitMicroseconds: number): void {
    this.transactions++;
    this.#sendAll(this.#start(address << 1, bitMicroseconds), bytes, bitMicroseconds);
    const target = this.#start((address << 1) | 1, bitMicroseconds);
    this.#receiveAll(target, into, bitMicroseconds);
    this.#stop(target, bitMicroseconds);
  }

  #start(addressByte: number, bitMicroseconds: number): I2CTarget {
    this.wireBytes++;
    this.busMicroseconds += 10 * bitMicroseconds;
    for (const target of this.#targets) {
      if (target.start(addressByte)) return target;
    }
    this.busMicroseconds += bitMicroseconds;
    throw new Error(`no acknowledge of slave address 0x${(addressByte >> 1).toString(16)}`);
  }

  #sendAll(target: I2CTarget, bytes: Uint8Array, bitMicroseconds: number): void {
    const byteMicroseconds = 9 * bitMicroseconds;
    for (let index = 0; index < bytes.length; index++) {
      this.wireBytes++;
      this.busMicroseconds += byteMicroseconds;
      if (!target.receive(bytes[index]!)) {
        this.#stop(target, bitMicroseconds);
        throw new Error(`no acknowledge of byte ${index}`);
      }
    }
  }

  #receiveAll(target: I2CTarget, into: Uint8Array, bitMicroseconds: number): void {
    const byteMicroseconds = 9 * bitMicroseconds;
    for (let index = 0; index < into.length; index++) {
      this.wireBytes++;
      this.busMicroseconds += byteMicroseconds;
      into[index] = target.send();
    }
  }

  #stop(target: I2CTarget, bitMicroseconds: number): void {
    this.busMicroseconds += bitMicroseconds;
    target.stop();
  }
}

/** A class of the shape of `embedded:io/i2c` whose instances are masters of the given bus. */
export function i2cClassOn(bus: I2CBus): I2CClass {
  return class implements I2C {
    readonly #address: number;
    readonly #bitMicroseconds: number;

    constructor(options: I2COptions) {
      this.#address = options.address;
      this.#bitMicroseconds = 1_000_000 / options.hz;
    }

    write(bytes: Uint8Array): void {
      bus.write(this.#address, bytes, this.#bitMicroseconds);
    }

    writeRead(bytes: Uint8Array, into: Uint8Array): void {
      bus.writeRead(this.#address, bytes, into, this.#bitMicroseconds);
    }

    close(): void {
      // Nothing to give back: the bus outlives its masters, as wires do.
    }
  };
}
