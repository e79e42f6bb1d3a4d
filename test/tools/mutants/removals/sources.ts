import type { Removal } from './removal'

/** Files, pages and exports. */
export const sourceRemovals: readonly Removal[] = [
  {
    safeguard: 'a file that was replaced after it was read is an error',
    file: 'src/sources/files/file-source.ts',
    find: "if (reader.whenReplaced !== 'read-again') throw replaced(file.name)",
    replace: '',
  },
  {
    safeguard: 'a file whose change could not be noticed is refused',
    file: 'src/sources/files/file-source.ts',
    find: 'if (file.version === null) throw unversioned(file.name)',
    replace: '',
  },
  {
    safeguard: 'files after one that is not complete wait',
    file: 'src/sources/files/file-source.ts',
    find: 'if (isWaiting(reader, file)) return',
    replace: 'if (isWaiting(reader, file)) continue',
  },
  {
    safeguard: 'a file that waits for longer than a day is an error',
    file: 'src/sources/files/file-source.ts',
    find: 'Math.abs(now - file.modified) > longWaitMs',
    replace: 'Math.abs(now - file.modified) > Infinity',
  },
  {
    safeguard: 'a refresh leaves out no file that is not complete',
    file: 'src/sources/files/file-source.ts',
    find: 'if (waiting) throw incomplete(waiting)',
    replace: '',
  },
  {
    safeguard: 'a refresh from no file is an error',
    file: 'src/sources/files/file-source.ts',
    find: 'if (chosen.length === 0)',
    replace: 'if (chosen.length < 0)',
  },
  {
    safeguard: 'a file that ends early is not taken for the whole',
    file: 'src/sources/files/file-source.ts',
    find: 'if (file.bytes !== null && size !== file.bytes) throw changed(file.name)',
    replace: '',
  },
  {
    safeguard: 'records of a file that were read are left out when it is continued',
    file: 'src/sources/files/file-source.ts',
    find: 'chunk.slice(Math.max(0, before - records))',
    replace: '[...chunk]',
  },
  {
    safeguard: 'a file that has fewer records than were read of it is an error',
    file: 'src/sources/files/file-source.ts',
    find: 'if (records < before) throw changed(file.name)',
    replace: '',
  },
  {
    safeguard: 'a file that was read in part and is gone stops the job',
    file: 'src/sources/files/file-source.ts',
    find: 'if (!open || files.some(({ name }) => name === open.name)) return',
    replace: 'if (!open || files.length >= 0) return',
  },
  {
    safeguard: 'the file that was read in part comes first',
    file: 'src/sources/files/file-cursor.ts',
    find: 'return [...files.filter(isOpen), ...files.filter((file) => !isOpen(file))]',
    replace: 'return files.filter((file) => isOpen(file) || !isOpen(file))',
  },
  {
    safeguard: 'files whose names the cursor forgets count as read',
    file: 'src/sources/files/file-cursor.ts',
    find: 'if (floor === null || oldest[2] > floor) floor = oldest[2]',
    replace: '',
  },
  {
    safeguard: 'a file is left alone until its last write is over',
    file: 'src/sources/files/pick.ts',
    find: 'now - file.modified < quiet',
    replace: 'now - file.modified < -Infinity',
  },
  {
    safeguard: 'a file waits for its marker',
    file: 'src/sources/files/pick.ts',
    find: 'names.has(wanted) ? null',
    replace: "wanted === '' || names.size >= 0 ? null",
  },
  {
    safeguard: 'a file that changes between listing and read is refused',
    file: 'src/sources/files/store-request.ts',
    find: 'etag === undefined || etag === version',
    replace: "etag !== ''",
  },
  {
    safeguard: 'a redirect of a file leads to https only',
    file: 'src/sources/files/https-file.ts',
    find: "(next.protocol !== 'https:' && next.origin !== start.origin)",
    replace: "next.href === ''",
  },
  {
    safeguard: 'redirects of a file are limited',
    file: 'src/sources/files/https-file.ts',
    find: 'if (hops === maxRedirects) throw malformed(what, `redirects more than ${maxRedirects} times`)',
    replace: 'if (hops === maxRedirects) return answer',
  },
  {
    safeguard: 'a next page is on the host of the source',
    file: 'src/sources/paginators/next-url.ts',
    find: 'target.origin !== new URL(url).origin || ',
    replace: '',
  },
  {
    safeguard: 'pages that never end are an error',
    file: 'src/sources/paginators/next-url.ts',
    find: 'endless.check(turn.url, answer.records.length, answer.url)',
    replace: '',
  },
  {
    safeguard: 'credentials go to no other host with the download of an export',
    file: 'src/sources/exports/export-requests.ts',
    find: 'signer: isOwn ? signer : null',
    replace: 'signer: isOwn ? signer : signer',
  },
  {
    safeguard: "the URL of an export is https, or the API's own",
    file: 'src/sources/exports/export-requests.ts',
    find: "return url.protocol === 'https:' || url.origin === new URL(base).origin",
    replace: "return url.protocol !== '' || url.origin === new URL(base).origin",
  },
  {
    safeguard: 'an export that failed in the middle is not continued with another',
    file: 'src/sources/exports/export-source.ts',
    find: 'attempts >= maxAttempts || open.records > 0',
    replace: 'attempts >= maxAttempts',
  },
  {
    safeguard: 'exports that are asked for in place of failed ones are limited',
    file: 'src/sources/exports/export-source.ts',
    find: 'attempts >= maxAttempts ||',
    replace: 'attempts >= Infinity ||',
  },
  {
    safeguard: 'an export with fewer records than were read of it is an error',
    file: 'src/sources/exports/export-source.ts',
    find: 'if (records < open.records) throw shorter(open, records)',
    replace: '',
  },
]
