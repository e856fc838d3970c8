/**
 * The modules of the Moddable SDK that this host imports: the members used here, no more. Written for SDK 8.2.3,
 * where the SDK's own declarations lack some of them (`device` of a Linux serial port, `writeRead`, `flush`).
 */

/** Writes to the debugger's log; the only output that exists before the serial port is open. */
declare function trace(...texts: (string | number)[]): void;

declare module 'mc/config' {
  /** The `config` object of manifest.json; what the command line of mcconfig overrides arrives as a string. */
  const config: Readonly<Record<string, string | number | boolean | undefined>>;
  export default config;
}

declare module 'timer' {
  interface Timer {
    readonly brand: 'timer';
  }
  const Timer: {
    /** Calls back once after `delay` milliseconds. */
    set(callback: () => void, delay: number): Timer;
    clear(timer: Timer): void;
  };
  export default Timer;
}

declare module 'embedded:io/i2c' {
  /** One device on an I2C bus; every call is one transaction, a missing acknowledge throws an Error. */
  export default class I2C {
    constructor(options: { address: number; hz: number; [pin: string]: unknown });
    write(bytes: Uint8Array): void;
    writeRead(bytes: Uint8Array, into: Uint8Array): void;
    close(): void;
  }
}

declare module 'embedded:io/serial' {
  interface SerialOptions {
    baud: number;
    format: 'buffer';
    onReadable(bytes: number): void;
    onWritable(bytes: number): void;
    /** Microcontrollers: pins and number of the UART. */
    receive?: number;
    transmit?: number;
    port?: number;
    /** Linux: path of the terminal device. */
    device?: string;
  }
  export default class Serial {
    constructor(options: SerialOptions);
    /** All bytes that have arrived; undefined when there are none. */
    read(): ArrayBuffer | undefined;
    /** Linux takes an ArrayBuffer only, not a view of one. */
    write(bytes: ArrayBuffer): void;
    close(): void;
  }
}

declare module 'embedded:io/digital' {
  export default class Digital {
    static readonly InputPullUp: number;
    static readonly Falling: number;
    constructor(options: { pin: number; mode: number; edge: number; onReadable(): void });
    read(): number;
    close(): void;
  }
}

declare module 'embedded:io/analog' {
  export default class Analog {
    constructor(options: { pin: number });
    read(): number;
    close(): void;
  }
}

declare module 'embedded:storage/files' {
  interface File {
    /** Reads at `position` into the buffer; returns the number of bytes, fewer at the end of the file. */
    read(into: Uint8Array, position: number): number;
    write(bytes: Uint8Array, position: number): void;
    /** Returns when the file's contents are on the disk. */
    flush(): void;
    setSize(length: number): void;
    status(): { readonly size: number };
    close(): void;
  }
  /** The folder that `config.files` names, or else the user's home. */
  const files: {
    openFile(options: { path: string; mode: 'r+' | 'w+' }): File;
    /** `mode` is 0 and `size` missing when there is no such file. */
    status(path: string): { readonly mode: number; readonly size?: number };
  };
  export default files;
}
