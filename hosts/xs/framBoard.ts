import Analog from 'embedded:io/analog';
import Digital from 'embedded:io/digital';
import I2C from 'embedded:io/i2c';
import Serial from 'embedded:io/serial';
import config from 'mc/config';
import { FM24V10 } from '../../lib/drivers/fm24v10.js';
import type { Board } from './board.js';
import { noiseWord } from './noise.js';
import { numberOf } from './settings.js';

/** ESP32 and Raspberry Pi Pico: FM24V10 on I2C, pulses on a pin, each port on a UART; pins from the manifest. */
export const board: Board = Object.freeze<Board>({
  clockStartsSet: false,

  openMedium: () =>
    new FM24V10({
      memory: { io: I2C, data: numberOf(config, 'data'), clock: numberOf(config, 'clock') },
      hz: numberOf(config, 'hz'),
    }),

  openRegister(_start, pulses) {
    new Digital({
      pin: numberOf(config, 'pulse'),
      mode: Digital.InputPullUp,
      edge: Digital.Falling,
      onReadable: () => pulses.pulse(),
    });
    return pulses;
  },

  openPort: (name, { onReadable, onWritable }) =>
    new Serial({
      ...(name === 'link' ? linkWiring() : serviceWiring()),
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

function linkWiring() {
  return {
    receive: numberOf(config, 'linkReceive'),
    transmit: numberOf(config, 'linkTransmit'),
    port: numberOf(config, 'linkPort'),
    baud: numberOf(config, 'linkBaud'),
  };
}

function serviceWiring() {
  return {
    receive: numberOf(config, 'serviceReceive'),
    transmit: numberOf(config, 'serviceTransmit'),
    port: numberOf(config, 'servicePort'),
    baud: numberOf(config, 'serviceBaud'),
  };
}
