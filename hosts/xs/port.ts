/** The members of ECMA-419's Serial that this host uses; `embedded:io/serial` of the Moddable SDK fulfils them. */
export interface SerialPort {
  /** All bytes that have arrived; undefined when there are none. */
  read(): ArrayBuffer | undefined;
  write(bytes: ArrayBuffer): void;
}

/** What a port calls back: bytes waiting to be read, and free bytes in its transmit buffer. */
export interface PortEvents {
  onReadable(bytes: number): void;
  onWritable(bytes: number): void;
}

/** Opens a port; throws when there is none. */
export type OpenPort = (events: PortEvents) => SerialPort;
