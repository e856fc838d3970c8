import { register } from 'tsx/esm/api';

// A thread does not inherit the loader of its parent: the sources are TypeScript and run as they are.
register();
await import('./swarmWorker.ts');
