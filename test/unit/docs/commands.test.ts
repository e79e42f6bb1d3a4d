import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { documentedCommands } from '../../fixtures/documented-commands'

const root = join(__dirname, '..', '..', '..')
const found = documentedCommands()

/** The commands of `aio` 11 with the flags that a page may use, as its help lists them. */
const aioCommands: Readonly<Record<string, readonly string[]>> = {
  'app init': ['-t', '--template'],
  'app use': [],
  'app deploy': ['--force-deploy', '--no-publish'],
  'app undeploy': [],
  'app logs': ['--limit', '--action'],
  'rt action invoke': ['--param', '--result', '-P'],
  'rt action get': ['--url'],
  'rt action list': [],
  'rt activation list': ['--limit'],
  'rt activation get': [],
  'rt activation logs': ['--last'],
  'rt trigger get': [],
  'rt trigger fire': ['--param'],
  'rt rule list': [],
}

it('every aio command of a page is one of the CLI, with flags that it has', () => {
  const lines = found.flatMap(({ page, aio }) => (aio === undefined ? [] : [{ page, aio }]))
  const unknown = lines.filter(({ aio }) => {
    const name = Object.keys(aioCommands).find((command) => aio === command || aio.startsWith(`${command} `))
    const flags = aio.match(/(?<=\s)--?[a-z][\w-]*/gi) ?? []
    return name === undefined || flags.some((flag) => !aioCommands[name]?.includes(flag))
  })

  expect(unknown).toEqual([])
  expect(lines.length).toBeGreaterThan(10)
})

it('every npm command of a page is a script of this project, or of npm itself', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object }
  const own = ['ci', 'install', 'pack', 'publish', 'test', 'start', ...Object.keys(scripts)]
  const lines = found.flatMap(({ page, npm }) => (npm === undefined ? [] : [{ page, npm }]))
  const inCode = lines.filter(({ npm }) => /^[a-z:]+(?: -|$)/.test(npm))

  expect(inCode.filter(({ npm }) => !own.includes(npm.split(' ')[0] ?? ''))).toEqual([])
  expect(inCode.length).toBeGreaterThan(20)
})
