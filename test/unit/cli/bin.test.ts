import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const root = join(__dirname, '..', '..', '..')

it('the program analytics-ingest of package.json runs the command line from any folder', async () => {
  const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    bin: Record<string, string>
  }
  const program = join(root, bin['analytics-ingest'] ?? '')

  const { stdout } = await promisify(execFile)(process.execPath, [program, 'help'], { cwd: tmpdir() })

  expect(readFileSync(program, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
  expect(stdout).toContain('npx analytics-ingest <command>')
})
