const { dirname, join } = require('node:path')
const { IgnorePlugin } = require('webpack')
const minimize = require('./build/minimize.js')
const typeCheck = require('./build/type-check.js')

/** Read by App Builder's build. `devtool: false` because inline source maps triple the zip and double the cold start. */
module.exports = {
  mode: 'production',
  devtool: false,
  resolve: {
    extensions: ['.ts', '.js'],
    extensionAlias: { '.js': ['.ts', '.js'] },
    // CommonJS first: libraries that `require` a package get what they expect, not an ES module's namespace.
    mainFields: ['main', 'module'],
    alias: {
      // Both major versions of node-fetch carry replacements for what Node has by itself.
      'web-streams-polyfill': false,
      'whatwg-url': false,
      // The types of files by their names, which form-data asks for; no file is sent by its name here.
      'mime-db': false,
      // Zod's error texts in fifty languages; English is not among these.
      [join(dirname(require.resolve('zod/package.json')), 'v4', 'locales', 'index.js')]: false,
    },
  },
  module: {
    rules: [
      {
        test: /\.ts$/,
        exclude: /node_modules/,
        use: join(__dirname, 'build', 'transpile.js'),
        // No module of the app does anything when it is loaded, so sources and readers that no job uses are left out.
        sideEffects: false,
      },
    ],
  },
  plugins: [
    typeCheck,
    // Native code is no part of a bundle. Where it is missing, ssh2 uses the cryptography of Node.
    new IgnorePlugin({ resourceRegExp: /\.node$/ }),
  ],
  optimization: { minimize: true, minimizer: [minimize] },
}
