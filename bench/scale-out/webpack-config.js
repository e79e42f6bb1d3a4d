const product = require('../../webpack-config.js')
const typeCheck = require('../../build/type-check.js')

// As the product builds; `npm run typecheck` checks the types of the bench.
module.exports = { ...product, plugins: product.plugins.filter((plugin) => plugin !== typeCheck) }
