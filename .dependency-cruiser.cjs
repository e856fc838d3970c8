/** The arrows between the folders: hosts, simulator -> src -> lib/limfs, never back. */
module.exports = {
  forbidden: [
    {
      name: 'limfs-imports-nothing',
      comment: 'The file system runs on any microcontroller because it knows nothing outside itself.',
      severity: 'error',
      from: { path: '^lib/limfs/' },
      to: { pathNot: '^lib/limfs/' },
    },
    {
      name: 'drivers-know-the-medium-only',
      severity: 'error',
      from: { path: '^lib/drivers/' },
      to: { pathNot: '^lib/(drivers/|limfs/medium/|limfs/errors\\.ts)' },
    },
    {
      name: 'firmware-knows-lib-only',
      severity: 'error',
      from: { path: '^src/' },
      to: { pathNot: '^(src|lib)/' },
    },
    {
      name: 'nobody-knows-the-simulator',
      severity: 'error',
      from: { path: '^(lib|src|hosts/xs)/' },
      to: { path: '^(simulator|bench|test)/' },
    },
    {
      name: 'simulator-knows-no-host',
      severity: 'error',
      from: { path: '^simulator/' },
      to: { path: '^(hosts|bench|test)/' },
    },
    {
      name: 'the-inspector-is-no-part-of-a-device',
      comment: 'Inspection reads whole images on a PC; a device has neither the memory nor the need.',
      severity: 'error',
      from: { path: '^(lib|src|hosts/xs)/', pathNot: '^(lib/limfs/inspect|src/receiver)/' },
      to: { path: '^lib/limfs/inspect/' },
    },
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
