import { runCLI } from 'jest'

/**
 * A process that keeps Jest loaded, since to start it takes longer than most unit tests. It is asked for one test file
 * at a time, and answers whether the file passed.
 */
process.on('message', (test: string) => {
  void runCLI({ _: [test], $0: 'jest', runInBand: true, runTestsByPath: true, silent: true, reporters: [] }, [
    process.cwd(),
  ]).then(({ results }) => process.send?.(results.success))
})

process.on('disconnect', () => process.exit())
