const Sequencer = require('@jest/test-sequencer').default
const { createHash } = require('node:crypto')

/** Runs the files in an order of the seed's own. The tests of one file stay in order: some tell one story. */
module.exports = class Shuffled extends Sequencer {
  constructor(options) {
    super(options)
    this.seed = options.globalConfig.seed
  }

  sort(tests) {
    const rank = ({ path }) => createHash('sha256').update(`${this.seed} ${path}`).digest('hex')
    return [...tests].sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
  }
}
