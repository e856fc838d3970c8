/** Mocha and chai for a bare XS machine. Tests reach them through globals, so each is loaded and counted once. */
import './browser.js';
import 'mocha/mocha.js';
import * as chai from 'chai';
import type Mocha from 'mocha';

const maximumFailuresPrinted = 20;
const maximumMessageLength = 600;

/** Failed tests in full, the others as a number; the last line is `N passed, N failed`. */
class BriefReporter {
  constructor(runner: Mocha.Runner) {
    let passed = 0;
    let failed = 0;
    runner.on('pass', () => {
      passed += 1;
    });
    runner.on('pending', (test) => {
      failed += 1;
      xsHost.print(`  SKIPPED ${test.fullTitle()}: skipped tests count as failed`);
    });
    runner.on('fail', (test, error) => {
      failed += 1;
      if (failed > maximumFailuresPrinted) return;
      const text = String(error?.stack ?? error).slice(0, maximumMessageLength);
      xsHost.print(`  FAILED ${test.fullTitle()}\n    ${text.replaceAll('\n', '\n    ')}`);
    });
    runner.on('end', () => {
      xsHost.print(`  ${passed} passed, ${failed} failed`);
      xsHost.finish(failed === 0 && passed > 0 ? 0 : 1);
    });
  }
}

mocha.setup({ ui: 'bdd', reporter: BriefReporter as never, timeout: 60_000 });
mocha.checkLeaks().globals(['onerror']);

Object.assign(globalThis, { chai, startTests: () => mocha.run() });
