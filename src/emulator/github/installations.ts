import type { Hub } from './hub.ts'
import { installation as presentInstallation } from './present/account.ts'
import { nodeId } from './present/basics.ts'
import { fullNameOf, type Account, type Installation, type Repository } from './state.ts'

type Change = 'created' | 'deleted' | 'suspend' | 'unsuspend' | 'added' | 'removed'

/** Tells the app about its installation. */
export function installationsChanged(
  hub: Hub,
  installation: Installation,
  change: Change,
  by: Account,
  repositories: Repository[] = [],
): void {
  const shown = presentInstallation(hub, installation)
  if (change === 'added' || change === 'removed') {
    hub.webhooks.emitToApp('installation_repositories', installation, by, {
      action: change,
      installation: shown,
      repository_selection: 'selected',
      repositories_added: change === 'added' ? repositories.map(brief) : [],
      repositories_removed: change === 'removed' ? repositories.map(brief) : [],
      requester: null,
    })
    return
  }
  hub.webhooks.emitToApp('installation', installation, by, {
    action: change,
    installation: shown,
    repositories: [...installation.repositories].map(brief),
  })
}

function brief(repository: Repository) {
  return {
    id: repository.id,
    node_id: nodeId('Repository', repository.id),
    name: repository.name,
    full_name: fullNameOf(repository),
    private: repository.isPrivate,
  }
}
