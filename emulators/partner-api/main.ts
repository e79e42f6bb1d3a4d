import { partnerClient, startPartnerApi } from './partner-api'

/** The practice shop as a process: prints its address and its client as one line of JSON, and ends with its input. */
async function main(): Promise<void> {
  const api = await startPartnerApi()
  console.log(JSON.stringify({ url: api.url, client: partnerClient }))
  process.stdin.resume()
  process.stdin.once('end', () => void api.stop())
}

void main()
