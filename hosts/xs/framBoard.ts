import Analog from 'embedded:io/analog';
import Digital from 'embedded:io/digital';
import I2C from 'embedded:io/i2c';
import Serial from 'embedded:io/serial';
import config from 'mc/config';
import { FM24V10 } from '../../lib/drivers/fm24v10.js';
import type { Board } from './board.js';
import { noiseWord } from './noise.js';
import { PulseRegister } from './register.js';
import { numberOf } from './settings.js';

/** ESP32 and Raspberry Pi Pico: FM24V10 on I2C, pulses on a pin, console on a UART; pins from manifest.json. */
export const board: Board = Object.freeze<Board>({
  clockStartsSet: false,

  openMedium: () =>
    new FM24V10({
      memory: { io: I2C, data: numberOf(config, 'data'), clock: numberOf(config, 'clock') },
      hz: numberOf(config, 'hz'),
    }),

  openRegister(start) {
    const register = new PulseRegister(start);
    new Digital({
      pin: numberOf(config, 'pulse'),
      mode: Digital.InputPullUp,
      edge: Digital.Falling,
      onReadable: () => register.pulse(),
    });
    return register;
  },

  openPort: ({ onReadable, onWritable }) =>
    new Serial({
      receive: numberOf(config, 'receive'),
      transmit: numberOf(config, 'transmit'),
      port: numberOf(config, 'port'),
      baud: numberOf(config, 'baud'),
      format: 'buffer',
      onReadable,
      onWritable,
    }),

  /** Noise as well as Math.random(), because rand() of the Pico gives the same numbers after every power-up. */
  randomWord() {
    const input = new Analog({ pin: numberOf(config, 'noise') });
    const word = noiseWord(() => input.read());
    input.close();
    return (word ^ (Math.random() * 0x1_0000_0000)) >>> 0;
  },
});
