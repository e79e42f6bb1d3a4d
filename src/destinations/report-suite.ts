import { JobError } from '../errors'

/** Several suites are tagged at once by a comma. */
const reportSuites = /^[A-Za-z0-9._-]+(?:,[A-Za-z0-9._-]+)*$/

/**
 * The id of one report suite.
 * @param input name of the input it comes from
 * @throws JobError `input-invalid`
 */
export function checkOneReportSuite(reportSuite: string, input: string): string {
  if (!checkReportSuite(reportSuite, input).includes(',')) return reportSuite
  throw new JobError(
    'input-invalid',
    `${input} names several report suites: "${reportSuite}". This destination writes to one.`,
    'Give the job an input of its own with the id of one report suite, or write one job for each.',
    { details: { input } },
  )
}

/**
 * The report suite id as it stands in every row and, in the name of the visitor group, in a header.
 * @param input name of the input it comes from
 * @throws JobError `input-invalid`
 */
export function checkReportSuite(reportSuite: string, input: string): string {
  if (reportSuites.test(reportSuite)) return reportSuite
  throw new JobError(
    'input-invalid',
    `${input} is not a report suite id: "${reportSuite}" has characters other than letters, digits, dot, dash and underscore.`,
    'Copy the id (not the name) from Analytics > Admin > Report Suites; separate several ids by commas, without blanks.',
    { details: { input } },
  )
}
