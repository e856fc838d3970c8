/** A role as its host sees it: time and packets in, packets out of its `Port`, and a time to be woken at (sans-io). */
export interface Firmware {
  /** When `wake` wants to be called next, in seconds of the device's clock; Infinity: nothing is planned. */
  readonly wakeSeconds: number;
  /** Does what is due. */
  wake(timeSeconds: number): void;
  /** Takes one packet, as a radio or a stream's `FrameReader` gives it. */
  receive(timeSeconds: number, packet: Uint8Array, length: number): void;
}

/** Where a role puts its packets. A radio sends them as they are, a stream in frames: a role does not know which. */
export interface Port {
  /** Sends `packet[0, length)` to a neighbour; the bytes are copied before it returns. It may get lost. */
  send(neighbour: number, packet: Uint8Array, length: number): void;
}

/** The host's clock, which goes on without the role. */
export interface ClockSource {
  /** Sets the clock by so many seconds forward, or back if negative, at once. */
  step(seconds: number): void;
  /** Lets the clock gain so many milliseconds, or lose them if negative, without ever going back. */
  slew(milliseconds: number): void;
}

/** Random numbers of the host, for jitter: u32. */
export type RandomSource = () => number;
