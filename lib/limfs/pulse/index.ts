/** What a firmware uses of the pulse counter. */

export {
  framPulseRecord,
  initialisePulses,
  MAXIMUM_PULSES,
  PULSE_BYTES,
  PulseCounter,
  type PulseRecord,
} from './pulseCounter.js';
