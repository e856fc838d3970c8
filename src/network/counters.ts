/** What a node has counted since power-up; the errors first. All but `sent`, `delivered` and `forwarded` stay at 0 on a perfect link. */
export interface NodeCounters {
  /** No header of this version, or a way that cannot be. */
  malformed: number;
  /** Packets of another network. */
  foreign: number;
  /** Packets for another device, as everybody in reach of a radio hears them. */
  overheard: number;
  /** Packets that had been here before. */
  repeated: number;
  /** Packets whose tag does not fit: damaged, forged, or sealed with another key. */
  unsealed: number;
  /** Messages that do not decode: made by a newer program, or by a faulty one. */
  undecoded: number;
  /** Packets that had passed as many devices as a way may have: a route goes round in a circle. */
  tooFar: number;
  /** Packets for others at a device that does not forward, or has no route to go on with. */
  noWay: number;
  /** Packets that were dropped because a new way down found no room in them. */
  noRoom: number;
  /** Messages that were not sent, because they do not fit into the most pieces there may be. */
  tooLong: number;
  /** Messages of which not all pieces came in time. */
  abandoned: number;
  /** Pieces that say nothing sensible, or came after their message was given up. */
  refused: number;
  /** Packets that this device made. */
  sent: number;
  /** Messages for this device. */
  delivered: number;
  /** Packets of others that went on. */
  forwarded: number;
}

export function createCounters(): NodeCounters {
  return {
    malformed: 0,
    foreign: 0,
    overheard: 0,
    repeated: 0,
    unsealed: 0,
    undecoded: 0,
    tooFar: 0,
    noWay: 0,
    noRoom: 0,
    tooLong: 0,
    abandoned: 0,
    refused: 0,
    sent: 0,
    delivered: 0,
    forwarded: 0,
  };
}
