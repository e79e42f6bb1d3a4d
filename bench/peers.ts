import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const modules = join(__dirname, 'node_modules')
const stamp = join(modules, '.installed')

/** Installs what the product is measured against, unless what the lockfile names is there. No install script runs. */
export function installPeers(): void {
  const lock = readFileSync(join(__dirname, 'package-lock.json'))
  const wanted = createHash('sha256').update(lock).digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  console.error('Installing the peers, once …')
  const args = ['ci', '--prefix', __dirname, '--ignore-scripts', '--no-audit', '--no-fund', '--silent']
  execFileSync('npm', args, { stdio: ['ignore', 'ignore', 'inherit'] })
  writeFileSync(stamp, wanted)
}

/** The exact version of every peer, by name. */
export function peerVersions(): Record<string, string> {
  const { dependencies } = JSON.parse(readFileSync(join(__dirname, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  return dependencies
}
