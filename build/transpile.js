// A webpack loader: TypeScript in, JavaScript out, one file at a time. build/type-check.js checks the types beside it.
const { transform } = require('esbuild')

module.exports = function transpile(source) {
  const done = this.async()
  transform(source, { loader: 'ts', target: 'node20', sourcefile: this.resourcePath }).then(
    ({ code }) => done(null, code),
    done,
  )
}
