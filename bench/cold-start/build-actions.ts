import { cpSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import AdmZip from 'adm-zip'
import { buildApp } from '../../emulators/app-builder/deploy'
import { root } from '../../emulators/local/root'

/** An action as App Builder's own build leaves it. */
export interface BuiltAction {
  readonly name: string
  readonly zipBytes: number
  /** Where it is unpacked. */
  readonly folder: string
}

/** Builds the product's actions below `folder`: the repository's own `dist` is left alone. */
export async function buildProduct(folder: string): Promise<BuiltAction[]> {
  const app = join(folder, 'product')
  mkdirSync(app)
  cpSync(join(root, 'app.config.yaml'), join(app, 'app.config.yaml'))
  cpSync(join(root, 'ext.config.yaml'), join(app, 'ext.config.yaml'))
  link(app, ['package.json', 'tsconfig.json', 'webpack-config.js', 'node_modules', 'actions', 'src'])
  return unpack(app, await buildApp(app))
}

/** Builds what is measured beside it: the same build, the same webpack configuration. */
export async function buildPeers(folder: string): Promise<BuiltAction[]> {
  const app = join(folder, 'peers')
  mkdirSync(app)
  cpSync(join(__dirname, 'actions'), join(app, 'actions'), { recursive: true })
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'peers', version: '1.0.0' }))
  const actions = readdirSync(join(app, 'actions')).map((file) => [
    basename(file, '.js'),
    { function: `actions/${file}`, web: 'no', runtime: 'nodejs:22' },
  ])
  const manifest = {
    packages: { peers: { license: 'Apache-2.0', actions: Object.fromEntries(actions) as object } },
  }
  // JSON is YAML.
  writeFileSync(join(app, 'app.config.yaml'), JSON.stringify({ application: { runtimeManifest: manifest } }))
  link(app, ['webpack-config.js', 'node_modules'])
  return unpack(app, await buildApp(app))
}

function link(app: string, names: readonly string[]): void {
  for (const name of names) symlinkSync(join(root, name), join(app, name))
}

function unpack(app: string, zips: readonly string[]): BuiltAction[] {
  return zips.map((zip) => {
    const name = basename(zip, '.zip')
    const folder = join(app, 'unpacked', name)
    new AdmZip(zip).extractAllTo(folder, true)
    return { name, zipBytes: statSync(zip).size, folder }
  })
}
