import { airports } from './airports'
import { flights } from './flights'
import type { Job } from './job'

/** Every job of this app. A new one is a file beside this one and a name in this list. */
export const jobs: readonly Job[] = [flights, airports]
