/** What XS itself costs: the ground that all other figures stand on, and a check of the counter. */
import { measure, report, reportCost } from './measure.js';

class Fields {
  first = 1;
  second = 2;

  #hidden = 1;

  nothing(): void {}

  #nothingHidden(): void {}

  addHidden(count: number): number {
    let sum = 0;
    for (let index = 0; index < count; index += 1) sum += this.#hidden;
    return sum;
  }

  callOften(count: number): number {
    for (let index = 0; index < count; index += 1) this.nothing();
    return count;
  }

  callHiddenOften(count: number): number {
    for (let index = 0; index < count; index += 1) this.#nothingHidden();
    return count;
  }

  addFirst(count: number): number {
    let sum = 0;
    for (let index = 0; index < count; index += 1) sum += this.first;
    return sum;
  }
}

function withClosure(): (count: number) => number {
  let first = 1;
  const set = (value: number): void => {
    first = value;
  };
  set(1);
  return (count) => {
    let sum = 0;
    for (let index = 0; index < count; index += 1) sum += first;
    return sum;
  };
}

/** Cost of one turn of a loop, without what is paid once. */
function perTurn(loop: (count: number) => number): number {
  const few = measure(() => loop(10)).instructions;
  return (measure(() => loop(110)).instructions - few) / 100;
}

function emptyLoop(count: number): number {
  let sum = 0;
  for (let index = 0; index < count; index += 1) sum += 1;
  return sum;
}

const fields = new Fields();
const closure = withClosure();

if (Math.abs(xsHost.instructionsOfThousandNops() - 1000) > 1)
  throw new Error('the instruction counter is wrong');
reportCost(
  'empty call',
  measure(() => {}),
);
reportCost(
  'method call from a closure',
  measure(() => fields.nothing()),
);
const turn = perTurn(emptyLoop);
report('one turn of a loop that adds a constant', turn, 'instructions');
report('reading a field instead', perTurn((count) => fields.addFirst(count)) - turn, 'instructions');
report('reading a private field instead', perTurn((count) => fields.addHidden(count)) - turn, 'instructions');
report('calling a method instead', perTurn((count) => fields.callOften(count)) - turn, 'instructions');
report(
  'calling a private method instead',
  perTurn((count) => fields.callHiddenOften(count)) - turn,
  'instructions',
);
report('reading a closure variable instead', perTurn(closure) - turn, 'instructions');

const chip = new xsHost.I2C({ address: 0x50, hz: 1_000_000 });
const address = new Uint8Array(2);
const twentyBytes = new Uint8Array(20);
chip.write(new Uint8Array([0, 0, ...Array.from({ length: 20 }, (_, index) => index + 1)]));
reportCost(
  'read of 20 bytes through the I2C class',
  measure(() => chip.writeRead(address, twentyBytes)),
);
if (twentyBytes.some((byte, index) => byte !== index + 1))
  throw new Error('the FRAM does not give back what was written');

report('slots in use after boot', xsHost.slotsUsed(), 'slots');
report('chunks in use after boot', xsHost.chunkBytesUsed(), 'bytes');
report('XS stack, peak', xsHost.stackSlotsPeak(), 'slots');
