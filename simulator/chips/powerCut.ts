/**
 * The supply has failed in the middle of an access. It is not a bus fault: drivers let it pass, and the test or
 * the simulated world that armed the cut catches it where the device's program would have stopped.
 */
export class PowerCut extends Error {
  override readonly name = 'PowerCut';
}

/**
 * What a cut does to the bytes under way. `clean`: a byte is written whole or not at all, as the data sheets
 * promise. `brownOut`: each bit that was to change has changed or not.
 */
export type PowerCutMode = 'clean' | 'brownOut';
