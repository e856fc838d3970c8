/** The package's own declarations are not among its exports: what the tests use of it. */
declare module '@serialport/binding-mock' {
  import type { BindingInterface, BindingPortInterface } from '@serialport/bindings-interface';

  export interface MockPortBinding extends BindingPortInterface {
    /** Everything that was written, if the port was made with `record`. */
    readonly recording: Buffer;
    /** Bytes that come from the other end. */
    emitData(data: Buffer): void;
  }

  export const MockBinding: BindingInterface<MockPortBinding> & {
    createPort(path: string, options: { readonly echo: boolean; readonly record: boolean }): void;
    reset(): void;
  };
}
