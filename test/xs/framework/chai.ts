/** What `import ... from 'chai'` in a test file becomes under XS: the chai that the framework has loaded. */
import type * as Chai from 'chai';

const loaded = (globalThis as unknown as { chai: typeof Chai }).chai;

export const { assert, expect, AssertionError } = loaded;
