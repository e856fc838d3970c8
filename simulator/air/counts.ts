/** What became of the packets on all links. A packet is lost for one reason only. */
export interface AirCounts {
  sent: number;
  bytes: number;
  delivered: number;
  /** By the link's own loss. */
  lost: number;
  /** Two at once at a receiver. */
  collided: number;
  /** While the receiver was jammed. */
  jammed: number;
  /** Nobody was there to receive: no power, or dead. */
  unheard: number;
  corrupted: number;
  duplicated: number;
  heldUp: number;
}

export function createAirCounts(): AirCounts {
  return {
    sent: 0,
    bytes: 0,
    delivered: 0,
    lost: 0,
    collided: 0,
    jammed: 0,
    unheard: 0,
    corrupted: 0,
    duplicated: 0,
    heldUp: 0,
  };
}

/** Packets of one day. */
export interface DayTraffic {
  sent: number;
  lost: number;
  bytes: number;
}
