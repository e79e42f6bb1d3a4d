/** @jest-config-loader esbuild-register */
import type { Config } from 'jest'

/** ESM-only packages that Jest, which runs CommonJS here, must have transformed. */
const esmPackages = ['node-fetch', 'fetch-blob', 'data-uri-to-buffer', 'formdata-polyfill', 'jose']

const config: Config = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
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
  testTimeout: 120_000,
  maxWorkers: '100%',
}

export default config
