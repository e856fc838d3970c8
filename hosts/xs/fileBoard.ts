import Serial from 'embedded:io/serial';
import files from 'embedded:storage/files';
import config from 'mc/config';
import type { Board } from './board.js';
import { FileMedium } from './fileMedium.js';
import { SimulatedRegister } from './register.js';
import { numberOf, textOf } from './settings.js';

/** Linux: the store in a file, a simulated household as the register, each port on a terminal device. */
export const board: Board = Object.freeze<Board>({
  clockStartsSet: true,

  openMedium() {
    const path = textOf(config, 'image');
    if (files.status(path).mode !== 0) return new FileMedium(files.openFile({ path, mode: 'r+' }));
    const file = files.openFile({ path, mode: 'w+' });
    file.setSize(numberOf(config, 'imageBytes'));
    return new FileMedium(file);
  },

  openRegister: (start) => new SimulatedRegister(start),

  openPort: (name, { onReadable, onWritable }) =>
    new Serial({
      device: name === 'link' ? textOf(config, 'link') : textOf(config, 'service'),
      baud: name === 'link' ? numberOf(config, 'linkBaud') : numberOf(config, 'serviceBaud'),
      format: 'buffer',
      onReadable,
      onWritable,
    }),

  /** The time is mixed in because rand() of the SDK on Linux starts alike in every process. */
  randomWord: () => (Math.imul(Date.now() >>> 0, 0x9e37_79b1) ^ (Math.random() * 0x1_0000_0000)) >>> 0,
});
