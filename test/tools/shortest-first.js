const { readFileSync } = require('node:fs')
const Sequencer = require('@jest/test-sequencer').default

/** Runs the files that took least time in the run of TEST_DURATIONS first, so that a fault is found early. */
module.exports = class ShortestFirst extends Sequencer {
  sort(tests) {
    const durations = JSON.parse(readFileSync(process.env.TEST_DURATIONS, 'utf8'))
    const of = ({ path, context }) => durations[path.slice(context.config.rootDir.length + 1)] ?? Infinity
    return [...tests].sort((a, b) => of(a) - of(b))
  }
}
