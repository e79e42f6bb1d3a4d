const Sequencer = require('@jest/test-sequencer').default

const levels = ['model', 'e2e', 'integration', 'security', 'engine', 'contract', 'unit']

/**
 * Starts the levels that take longest first, so that no worker is left alone with a slow file at the end; but before all
 * others the models, which need no actions, while these are built.
 */
module.exports = class SlowLevelsFirst extends Sequencer {
  sort(tests) {
    const levelOf = ({ path, context }) =>
      levels.indexOf(path.slice(context.config.rootDir.length).split(/[\\/]/)[2])
    return [...super.sort(tests)].sort((a, b) => levelOf(a) - levelOf(b))
  }
}
