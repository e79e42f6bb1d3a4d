import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

const suffix = '.packed'

/**
 * `npm run template`: puts the App Builder template into `dist/template`, ready for `npm publish`: the generator, and a
 * copy of every file of this project that git knows.
 */
export function packTemplate(root: string, target: string): void {
  rmSync(target, { recursive: true, force: true })
  mkdirSync(target, { recursive: true })
  for (const name of ['package.json', 'install.yml', 'index.js'])
    copyFileSync(join(root, 'template', name), join(target, name))
  for (const path of filesOf(root)) {
    const to = join(target, 'app', `${path}${suffix}`)
    mkdirSync(dirname(to), { recursive: true })
    copyFileSync(join(root, path), to)
  }
}

function filesOf(root: string): readonly string[] {
  const listed = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
  return listed.split('\0').filter((path) => path !== '')
}

if (require.main === module) {
  const root = resolve(__dirname, '..')
  packTemplate(root, join(root, 'dist', 'template'))
  console.log('dist/template is ready: npm pack ./dist/template, or npm publish ./dist/template')
}
