import { assert } from 'chai';
import { getText, putText } from '../../../../lib/limfs/areas/text.js';

describe('text fields', () => {
  for (const text of ['', 'meter 7', 'Zähler', '계량기', '🔌⚡']) {
    it(`round trip '${text}'`, () => {
      const bytes = new Uint8Array(20).fill(0xaa);
      putText(bytes, 2, 16, text);
      assert.equal(getText(bytes, 2, 16), text);
      assert.equal(bytes[1], 0xaa);
      assert.equal(bytes[18], 0xaa);
    });
  }

  it('takes a text that fills its field to the last byte, and none that is longer', () => {
    const bytes = new Uint8Array(4);
    putText(bytes, 0, 4, 'abcd');
    assert.equal(getText(bytes, 0, 4), 'abcd');
    assert.throws(() => putText(bytes, 0, 4, 'abcdé'), /longer than 4 bytes/);
  });

  it('shows damaged bytes as replacement characters and goes on behind them', () => {
    assert.equal(getText(Uint8Array.of(0x41, 0xff, 0x42, 0xe2, 0x82, 0), 0, 6), 'A\ufffdB\ufffd\ufffd');
    assert.equal(getText(Uint8Array.of(0xf4, 0xbf, 0xbf, 0xbf), 0, 4), '\ufffd\ufffd\ufffd\ufffd');
  });
});
