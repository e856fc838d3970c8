/** What the paper's "small overhead" is taken to mean, from blocks of this size on. */
export const targets = { fromBytes: 20, warm: 1.1, write: 1.2 } as const;

/** The paper's Table 2. */
export const paperTable2 = [75, 19, 19, 33, 47, 61, 75] as const;
