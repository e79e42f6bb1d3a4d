import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import AdmZip from 'adm-zip'
import { buildApp } from '../../emulators/app-builder/deploy'
import { root } from '../../emulators/local/root'

let app: string
beforeEach(() => {
  app = mkdtempSync(join(tmpdir(), 'built-app-'))
  for (const path of ['build', 'webpack-config.js', 'tsconfig.json', 'tsconfig.build.json', 'package.json'])
    cpSync(join(root, path), join(app, path), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(app, 'node_modules'))
  const actions = { greet: { function: 'actions/greet.ts', runtime: 'nodejs:22' } }
  const runtimeManifest = { packages: { greetings: { license: 'Apache-2.0', actions } } }
  // JSON is YAML.
  writeFileSync(join(app, 'app.config.yaml'), JSON.stringify({ application: { runtimeManifest } }))
  for (const folder of ['actions', 'src']) mkdirSync(join(app, folder))
  write(
    'actions/greet.ts',
    "import { greeting } from '../src/greeting'\nexport const main = () => greeting('x')",
  )
})
afterEach(() => rmSync(app, { recursive: true }))

function write(path: string, text: string): void {
  writeFileSync(join(app, path), text)
}

const typed = 'export function greeting(who: string): { hello: string } { return { hello: who } }'

it('an action is built from TypeScript into one minified file', async () => {
  write('src/greeting.ts', `/** A comment. */\n${typed}`)

  const [zip = ''] = await buildApp(app)

  const built = new AdmZip(zip).readAsText('index.js')
  expect(built).toContain('hello')
  expect(built).not.toMatch(/A comment|: string/)
})

it('a type error fails the build and is named with its file, also in code that no action imports', async () => {
  write('src/greeting.ts', typed)
  write('src/unused.ts', "export const count: number = 'one'")

  await expect(buildApp(app)).rejects.toThrow(/src\/unused\.ts\(1,14\): error TS2322/)
})

it('the next build of the same process passes once the type error is corrected', async () => {
  write('src/greeting.ts', typed.replace('hello: who', 'hello: 1'))
  await expect(buildApp(app)).rejects.toThrow('TS2322')

  write('src/greeting.ts', typed)

  expect(await buildApp(app)).toHaveLength(1)
})
