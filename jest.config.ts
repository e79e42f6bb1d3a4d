/** @jest-config-loader esbuild-register */
import type { Config } from 'jest'

/** ESM-only packages that Jest, which runs CommonJS here, must have transformed. */
const esmPackages = ['node-fetch', 'fetch-blob', 'data-uri-to-buffer', 'formdata-polyfill', 'jose']

const config: Config = {
  testEnvironment: 'node',
  // All that tests import, so that `--findRelatedTests` knows who imports what.
  roots: ['<rootDir>/src', '<rootDir>/actions', '<rootDir>/emulators', '<rootDir>/test'],
  // `npm test`: the whole behaviour in minutes. `npm run test:all` overrides this and adds the long tests.
  testMatch: ['**/*.test.ts', '!**/*.long.test.ts'],
  testSequencer: '<rootDir>/test/tools/slow-levels-first.js',
  globalSetup: '<rootDir>/test/fixtures/run/setup.ts',
  globalTeardown: '<rootDir>/test/fixtures/run/teardown.ts',
  transform: {
    '^.+\\.[tj]s$': [
      'ts-jest',
      // Types are checked once, by `npm run typecheck`; transpiling alone keeps the tests quick.
      {
        tsconfig: {
          module: 'commonjs',
          moduleResolution: 'node10',
          target: 'es2022',
          allowJs: true,
          esModuleInterop: true,
          isolatedModules: true,
        },
        diagnostics: false,
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esmPackages.join('|')})/)`],
  // A hang ends in the end; no test is decided by its speed.
  testTimeout: 300_000,
  maxWorkers: '100%',
  // A worker that has loaded webpack or an SDK collects garbage, and runs hooks on every promise, for all files after it.
  // Where the last file of a worker exceeds the limit, Jest ends the new worker while it still starts, and prints that
  // it "has failed to exit gracefully": no handle of a test is open then (`--workerIdleMemoryLimit=1MB` shows the same).
  workerIdleMemoryLimit: '600MB',
}

export default config
