/** The measuring part: stores the value of each channel into `values`; false if it cannot be read now. */
export interface Register {
  read(timeSeconds: number, values: number[]): boolean;
}
