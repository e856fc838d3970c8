/**
 * The parts of a battery meter's board, typical figures at 25 degrees and 3 V. They decide what a count of the
 * simulator costs; nothing else in the simulator knows them.
 */

export const supplyVolts = 3;

/** FM24V10, data sheet page 1 and its table of DC characteristics. */
export const memory = Object.freeze({
  /** A transfer under way, at 1 MHz. */
  activeMilliamperes: 0.4,
  standbyMilliamperes: 0.09,
  /** From switching its supply on to the first access (power-up timing). */
  powerUpMilliseconds: 0.25,
});

/** CC1101 at 868 MHz, data sheet SWRS061: section 4.1 (sleep), Figure 5 (receive at a weak signal, +10 dBm). */
export const radio = Object.freeze({
  sendMilliamperes: 32.8,
  receiveMilliamperes: 15.7,
  sleepMilliamperes: 0.0002,
  /** Oscillator, calibration and settling before each packet, at the current of the synthesizer (section 4.4). */
  startMilliseconds: 1,
  startMilliamperes: 8.4,
  /** Preamble, sync word, length and the chip's own checksum around each packet (section 15). */
  frameBytes: 11,
});

/** STM32L496 (Cortex-M4F, 320 KB of RAM), data sheet DS11585 page 1: Run from LDO; Stop 2 with RTC keeps all RAM. */
export const processor = Object.freeze({
  runMilliamperesPerMegahertz: 0.091,
  stopMilliamperes: 0.00286,
  megahertz: 48,
  /** An assumption: flash with wait states behind a cache. The emulator counts instructions and no cycles. */
  cyclesPerInstruction: 1.5,
});

/**
 * Instructions of a meter's firmware under XS, all in TypeScript, measured on the emulated Cortex-M4F by
 * `npm run test:cortex-m` (bench "meter"), rounded up.
 */
export const instructions = Object.freeze({
  start: 3_000_000,
  /** A reading or a checkpoint. */
  quietWake: 110_000,
  /** A window, an event, a question for the time. */
  speakingWake: 500_000,
  /** A question for older readings and its answer; anything else that is received takes less. */
  packet: 1_800_000,
});

/** SAFT LS 26500, a C cell for utility meters: 7.7 Ah, loses less than 1 % a year by itself. */
export const cell = Object.freeze({
  name: 'C cell of 7.7 Ah',
  ampereHours: 7.7,
  /** What a meter gets of it before the voltage falls under load in the cold. */
  usableShare: 0.85,
  lossShareAYear: 0.01,
});
