/** What a device did with its parts, counted while the world runs. Times are the world's, in milliseconds. */
export class Activity {
  starts = 0;
  /** Wake-ups that sent nothing, and those that did. */
  quietWakes = 0;
  speakingWakes = 0;
  packetsTaken = 0;
  packetsSent = 0;
  bytesSent = 0;
  poweredMilliseconds = 0;
  listeningMilliseconds = 0;
  #onSince = 0;
  #isOn = false;
  /** The receiver is on from here to there. */
  #listensFrom = 0;
  #listensUntil = 0;

  powerOn(now: number): void {
    this.starts += 1;
    this.#isOn = true;
    this.#onSince = now;
    this.#listensFrom = now;
    this.#listensUntil = now;
  }

  powerOff(now: number): void {
    this.settle(now);
    this.#isOn = false;
  }

  woken(hasSpoken: boolean): void {
    if (hasSpoken) this.speakingWakes += 1;
    else this.quietWakes += 1;
  }

  /** A packet goes out, and the receiver stays on behind it for so long. */
  sent(now: number, bytes: number, listenMilliseconds: number): void {
    this.settle(now);
    this.packetsSent += 1;
    this.bytesSent += bytes;
    this.#listensFrom = now;
    this.#listensUntil = now + listenMilliseconds;
  }

  /** Brings the times up to now. */
  settle(now: number): void {
    if (!this.#isOn) return;
    this.poweredMilliseconds += now - this.#onSince;
    this.#onSince = now;
    const end = Math.min(now, this.#listensUntil);
    this.listeningMilliseconds += Math.max(0, end - this.#listensFrom);
    this.#listensFrom = Math.max(end, this.#listensFrom);
  }
}
