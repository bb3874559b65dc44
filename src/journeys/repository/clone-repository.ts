import type { RepositoryRef } from '../../domain/refs.ts'

/** The clone that a command looks at. Ports ask for a repository; here there is one, and no host that would know it. */
export const cloneRepository: RepositoryRef = { id: 'clone', owner: 'local', name: 'clone', installation: '' }
