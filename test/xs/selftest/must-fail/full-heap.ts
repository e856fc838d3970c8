describe('more live data than the heap holds', () => {
  it('stops the machine', () => {
    const kept: { previous: unknown } = { previous: null };
    for (let count = 0; count < 1_000_000; count += 1) kept.previous = { previous: kept.previous };
  });
});
