// Lets Node run the project's TypeScript: `node --require ./build/typescript.js file.ts`. Types are not checked here.
const { readFileSync } = require('node:fs')
const Module = require('node:module')
const { transformSync } = require('esbuild')

Module._extensions['.ts'] = (module, path) => {
  const { code } = transformSync(readFileSync(path, 'utf8'), {
    loader: 'ts',
    format: 'cjs',
    target: 'node20',
    sourcefile: path,
    sourcemap: 'inline',
  })
  module._compile(code, path)
}
process.setSourceMapsEnabled(true)
