'use strict'

const {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} = require('node:fs')
const { basename, dirname, join } = require('node:path')
const Generator = require('yeoman-generator')

/** npm leaves `.gitignore` and lock files out of packages, so each file of the app is packed under a name of its own. */
const suffix = '.packed'

/** Files that `aio app init` writes before it runs a template, and for which this app has others. */
const ofBaseApp = [
  '.github/workflows/deploy_prod.yml',
  '.github/workflows/deploy_stage.yml',
  '.github/workflows/pr_test.yml',
  '.eslintrc.json',
  'jest.setup.js',
]

/**
 * Writes the app into the folder of `aio app init <folder> -t <this package>`. It does not go through Yeoman's in-memory
 * file system, which would lose the executable bit of scripts.
 */
class AnalyticsIngestGenerator extends Generator {
  writing() {
    const packed = join(__dirname, 'app')
    for (const path of readdirSync(packed, { recursive: true })) {
      const from = join(packed, path)
      if (!path.endsWith(suffix) || !statSync(from).isFile()) continue
      const to = this.destinationPath(path.slice(0, -suffix.length))
      mkdirSync(dirname(to), { recursive: true })
      copyFileSync(from, to)
      chmodSync(to, statSync(from).mode)
    }
    for (const path of ofBaseApp) rmSync(this.destinationPath(path), { force: true })
    this.nameApp()
  }

  /** Gives the app the name of its folder; the deployed package keeps its own. */
  nameApp() {
    const path = this.destinationPath('package.json')
    const name = basename(this.destinationRoot())
      .toLowerCase()
      .replace(/[^a-z0-9-]+/g, '-')
    const content = { ...JSON.parse(readFileSync(path, 'utf8')), name }
    writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`)
  }
}

// Yeoman runs every method of the prototype: this one is called by `writing`.
Object.defineProperty(AnalyticsIngestGenerator.prototype, 'nameApp', { enumerable: false })

module.exports = AnalyticsIngestGenerator
