/** For what may be lost: the token cache and pending consents. Delivery state never goes here. */
export interface KeyValueStore {
  /** Null means "no such key", nothing else. @throws JobError `store-unreachable`, `store-refused` */
  get(key: string): Promise<string | null>
  put(key: string, value: string, ttlSeconds: number): Promise<void>
  delete(key: string): Promise<void>
}
