import config from 'mc/config';
import Timer from 'timer';
import { board } from './board.js';
import { Host } from './host.js';
import { startRole } from './role.js';

startRole(
  new Host({
    board,
    settings: config,
    timers: Timer,
    now: () => Date.now(),
    log: (text) => trace(`${text}\n`),
  }),
);
