import {
  type Arrival,
  type DeviceHeader,
  MAXIMUM_DEVICES,
  type ReportRing,
} from '../../lib/limfs/concentrator/index.js';
import { LimfsError, type StoreId } from '../../lib/limfs/index.js';
import { PageChecksum } from '../../lib/limfs/manager/pageChecksum.js';
import { type Cell, type Message, MessageKind, type Page } from '../link/message.js';
import type { Hop } from '../link/packetHeader.js';
import type { Network } from '../network/network.js';

const cellsInRun = 8;
const maximumTries = 4;
/** A page whose checksum does not come out right is fetched so many times. */
const maximumFetches = 2;
/** No local manager holds more pages; one that names page after page for ever is left. */
const mostPages = 2000;

export interface TransferOptions {
  /** An answer is waited for so long before the question is repeated. */
  readonly answerSeconds: number;
}

/** How taking over the pages of a local manager ended. */
export type TransferEnd =
  /** It has no more. */
  | 'drained'
  /** It does not answer. */
  | 'silent'
  /** The ring of reports is full: the page stays where it is. */
  | 'full'
  /** A page does not come out right. */
  | 'spoilt';

export class TransferCounters {
  pages = 0;
  duplicates = 0;
  /** Pages that the ring holds with other content, too. */
  conflicts = 0;
  cells = 0;
  /** Questions that were repeated. */
  repeated = 0;
  /** Pages whose checksum did not come out right. */
  spoilt = 0;
}

/** What is waited for. */
type Phase = 'idle' | 'page' | 'cells';

/**
 * Takes the pages of one local manager over, one after the other (the paper's LEDM seen from above): asks for cells in
 * runs of eight, takes them in order only, checks the page's own checksum over what arrived, makes the report durable,
 * and only then acknowledges it. A restart forgets the transfer: the local manager names the same page again.
 */
export class PageTransfer {
  readonly counters = new TransferCounters();
  readonly #ring: ReportRing;
  readonly #network: Network;
  readonly #options: TransferOptions;
  readonly #checksum = new PageChecksum();
  #phase: Phase = 'idle';
  #address = 0;
  /** What is asked again when no answer comes. */
  #question: Message | undefined;
  #askSeconds = Number.POSITIVE_INFINITY;
  #tries = 0;
  #page: Page | undefined;
  #arrival: Arrival | undefined;
  #next = 0;
  #runEnd = 0;
  #fetches = 0;
  #pages = 0;

  constructor(ring: ReportRing, network: Network, options: TransferOptions) {
    this.#ring = ring;
    this.#network = network;
    this.#options = options;
  }

  get isIdle(): boolean {
    return this.#phase === 'idle';
  }

  get wakeSeconds(): number {
    return this.#askSeconds;
  }

  /** The local manager whose pages are being taken over. */
  get address(): number {
    return this.#address;
  }

  /** Begins: a report is due. `clockSeconds` is what the local manager is told, 0 for nothing. */
  begin(address: number, clockSeconds: number, timeSeconds: number): void {
    this.#address = address;
    this.#phase = 'page';
    this.#page = undefined;
    this.#pages = 0;
    this.#ask({ kind: MessageKind.reportRequest, freeze: true, timeSeconds: clockSeconds }, timeSeconds);
  }

  /** The clock was set: what is waited for is waited for as long. */
  clockStepped(bySeconds: number): void {
    this.#askSeconds += bySeconds;
  }

  /** Asks again; the end of the transfer when that was tried often enough. */
  wake(timeSeconds: number): TransferEnd | null {
    if (timeSeconds < this.#askSeconds) return null;
    this.#tries += 1;
    if (this.#tries === maximumTries) return this.#end('silent');
    this.counters.repeated += 1;
    if (this.#phase === 'cells') this.#askRun(timeSeconds);
    else this.#send(upToDate(this.#question!, timeSeconds), timeSeconds);
    return null;
  }

  /** Takes the name of a page; the end of the transfer when that was the last one. */
  takePage(source: number, page: Page, hops: readonly Hop[], timeSeconds: number): TransferEnd | null {
    if (source !== this.#address || this.#phase === 'idle') return null;
    const before = this.#page;
    // An answer that was held up on its way names a page of before.
    if (before !== undefined && page.cells > 0 && page.counter <= before.counter) return null;
    if (this.#phase === 'cells') {
      if (page.cells === 0) return null;
      this.#ring.abandon();
    }
    if (page.cells === 0) return this.#end('drained');
    this.#pages += 1;
    if (this.#pages > mostPages) return this.#end('spoilt');
    this.#fetches = 0;
    return this.#fetch(page, headersOf(page.storeId, hops, timeSeconds), timeSeconds);
  }

  takeCell(source: number, cell: Cell, timeSeconds: number): TransferEnd | null {
    const page = this.#page;
    if (source !== this.#address || this.#phase !== 'cells' || page === undefined) return null;
    if (cell.counter !== page.counter) return null;
    if (cell.index === this.#next) {
      const end = this.#store(cell);
      if (end !== null) return end;
    } else if (cell.index < this.#next) return null;
    if (this.#next === page.cells) return this.#commit(page, timeSeconds);
    // Behind the last cell of a run nothing more comes: whatever is missing is asked for at once.
    if (this.#next === this.#runEnd || cell.index === this.#runEnd - 1) this.#askRun(timeSeconds);
    return null;
  }

  #fetch(page: Page, headers: readonly DeviceHeader[], timeSeconds: number): TransferEnd | null {
    const { storeId, counter, checksum } = page;
    this.#page = page;
    this.#arrival = { storeId, pageCounter: counter, checksum, timeSeconds, headers };
    return this.#restart(timeSeconds);
  }

  /** Begins to fetch the page that was named. */
  #restart(timeSeconds: number): TransferEnd | null {
    const end = this.#guarded(() => this.#ring.begin(this.#arrival!));
    if (end !== null) return end;
    this.#fetches += 1;
    this.#phase = 'cells';
    this.#next = 0;
    this.#tries = 0;
    this.#checksum.begin(this.#arrival!.storeId, this.#arrival!.pageCounter);
    this.#askRun(timeSeconds);
    return null;
  }

  #askRun(timeSeconds: number): void {
    const page = this.#page!;
    const count = Math.min(cellsInRun, page.cells - this.#next);
    this.#runEnd = this.#next + count;
    this.#send(
      { kind: MessageKind.cellRequest, counter: page.counter, first: this.#next, count },
      timeSeconds,
    );
  }

  #store({ bytes }: Cell): TransferEnd | null {
    this.counters.cells += 1;
    this.#next += 1;
    this.#tries = 0;
    if (bytes.length === 0) return null;
    this.#checksum.add(bytes, 0, bytes.length);
    return this.#guarded(() => this.#ring.write(bytes, 0, bytes.length));
  }

  #commit(page: Page, timeSeconds: number): TransferEnd | null {
    if (this.#checksum.value !== page.checksum) {
      this.counters.spoilt += 1;
      this.#ring.abandon();
      return this.#fetches < maximumFetches ? this.#restart(timeSeconds) : this.#end('spoilt');
    }
    const outcome = this.#ring.finish();
    this.counters.pages += 1;
    if (outcome === 'duplicate') this.counters.duplicates += 1;
    if (outcome === 'conflict') this.counters.conflicts += 1;
    this.#phase = 'page';
    const { storeId, counter, checksum } = page;
    this.#ask({ kind: MessageKind.acknowledgement, storeId, counter, checksum }, timeSeconds);
    return null;
  }

  /** A ring that is full keeps what it has, and the local manager its page. */
  #guarded(work: () => void): TransferEnd | null {
    try {
      work();
      return null;
    } catch (error) {
      if (!(error instanceof LimfsError)) throw error;
      if (error.code === 'ring-full') return this.#end('full');
      if (error.code === 'parameter-range') return this.#end('spoilt');
      throw error;
    }
  }

  #ask(question: Message, timeSeconds: number): void {
    this.#question = question;
    this.#tries = 0;
    this.#send(question, timeSeconds);
  }

  #send(question: Message, timeSeconds: number): void {
    this.#askSeconds = timeSeconds + this.#options.answerSeconds;
    this.#network.send(this.#address, question);
  }

  #end(how: TransferEnd): TransferEnd {
    this.#ring.abandon();
    this.#phase = 'idle';
    this.#page = undefined;
    this.#askSeconds = Number.POSITIVE_INFINITY;
    return how;
  }
}

/** A question that is repeated must not tell the time of before. */
function upToDate(question: Message, timeSeconds: number): Message {
  if (question.kind !== MessageKind.reportRequest || question.timeSeconds === 0) return question;
  return { ...question, timeSeconds };
}

/** The headers of the devices that a report passed: the local manager first, then what the routers said on the way. */
function headersOf(storeId: StoreId, hops: readonly Hop[], timeSeconds: number): DeviceHeader[] {
  const manager = { device: storeId, timeSeconds, batteryMillivolts: null, errors: 0, rssiDbm: null };
  const routers = hops.slice(0, MAXIMUM_DEVICES - 1).map(({ address, ...health }) => {
    return { device: [0, address] as const, timeSeconds, ...health };
  });
  return [manager, ...routers];
}
