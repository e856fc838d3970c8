import type { Host } from './host.js';

/**
 * What differs between the roles. Each manifest maps the module name `hosts/xs/role` to one file: meterHost.ts,
 * routerHost.ts, managerHost.ts or concentratorHost.ts.
 */
export function startRole(host: Host): void;
