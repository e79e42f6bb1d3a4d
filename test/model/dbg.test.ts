import { readFileSync } from 'node:fs'
import { playForTest } from './random-schedules/explore'
it('one', async () => {
  const drawn = JSON.parse(readFileSync('/tmp/last.json','utf8'))
  await playForTest(drawn)
})
