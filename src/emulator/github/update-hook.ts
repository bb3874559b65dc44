/**
 * The `update` hook of every bare repository. Branch protection is decided by the server; the hook makes git itself
 * refuse, so that a client reads the same words as from GitHub. Branch lists are one name per line.
 */
export const updateHook = `#!/bin/sh
newline='
'
listed() {
  case "$newline$1$newline" in *"$newline$2$newline"*) true ;; *) false ;; esac
}
if listed "$EMULATOR_REFUSED" "$1"; then
  echo "error: GH006: Protected branch update failed for $1." >&2
  echo "error: Changes must be made through a pull request." >&2
  exit 1
fi
if listed "$EMULATOR_NO_FORCE" "$1" && [ "$2" != 0000000000000000000000000000000000000000 ]; then
  if ! git merge-base --is-ancestor "$2" "$3" 2>/dev/null; then
    echo "error: GH006: Protected branch update failed for $1." >&2
    echo "error: Cannot force-push to this protected branch" >&2
    exit 1
  fi
fi
exit 0
`
