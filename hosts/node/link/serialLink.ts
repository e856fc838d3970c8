import { SerialPort } from 'serialport';
import { InputError } from '../../../simulator/readings/inputError.js';
import { StreamLink, type TakePacket } from './streamLink.js';

/**
 * Opens a serial line: a radio modem, or the small device that does the sensing (F07). `gone` is called when it was
 * unplugged. Errors: `InputError`.
 */
export function openSerialLink(
  path: string,
  baudRate: number,
  deliver: TakePacket,
  gone: () => void,
): Promise<StreamLink> {
  return new Promise((resolve, reject) => {
    const port: SerialPort = new SerialPort({ path, baudRate }, (error) => {
      if (error === null) resolve(new StreamLink(port, deliver));
      else
        reject(
          new InputError(
            `${path}: cannot be opened (${error.message.replace(/^Error: /, '')}): give the path of a serial line`,
          ),
        );
    });
    port.on('close', gone);
  });
}
