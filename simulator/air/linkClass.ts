/** What a kind of link does to packets. Chances are in millionths, of a packet on a radio, of a frame on a wire. */
export interface LinkClass {
  /** A radio carries packets, and two at once at a receiver destroy each other; a wire carries a stream of bytes. */
  readonly kind: 'radio' | 'wire';
  readonly bitsPerSecond: number;
  readonly lossMillionths: number;
  /** Mean length of a burst of losses (Gilbert and Elliott); 1: each packet for itself (Bernoulli). */
  readonly meanBurstPackets: number;
  readonly corruptMillionths: number;
  readonly duplicateMillionths: number;
  /** Chance that a packet is held up so long that later ones overtake it. */
  readonly reorderMillionths: number;
  /** It is held up for less than so long. */
  readonly heldUpSeconds: number;
  /** The most bytes of a packet, header and tag included. */
  readonly payloadBytes: number;
  /** Of its time that each device may send here, in thousandths; 1000 on a wire. */
  readonly dutyCyclePermille: number;
}

/** A link that loses nothing. */
export const perfectLink: LinkClass = Object.freeze({
  kind: 'wire',
  bitsPerSecond: 115_200,
  lossMillionths: 0,
  meanBurstPackets: 1,
  corruptMillionths: 0,
  duplicateMillionths: 0,
  reorderMillionths: 0,
  heldUpSeconds: 0,
  payloadBytes: 128,
  dutyCyclePermille: 1000,
});
