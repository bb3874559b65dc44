import { generateKeyPairSync } from 'node:crypto'
import { systemRandom } from '../../adapters/system/system-random.ts'
import { appId } from '../../emulator/shop/create-shop.ts'
import type { Settings } from '../settings.ts'

/** Keys and secrets of an app that exists for one demo. */
export interface DemoIdentity {
  /** PEM; for the emulated GitHub. */
  appPublicKey: string
  webhookSecret: string
  settings: Pick<Settings, 'appId' | 'privateKey' | 'webhookSecrets' | 'signingKey' | 'trustedKeys' | 'maskKey'>
}

export function createDemoIdentity(): DemoIdentity {
  const app = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const signing = generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const webhookSecret = secret(24)
  return {
    appPublicKey: app.publicKey,
    webhookSecret,
    settings: {
      appId: String(appId),
      privateKey: app.privateKey,
      webhookSecrets: [webhookSecret],
      signingKey: signing.privateKey,
      trustedKeys: [],
      maskKey: secret(16),
    },
  }
}

function secret(bytes: number): string {
  return Buffer.from(systemRandom.bytes(bytes)).toString('hex')
}
