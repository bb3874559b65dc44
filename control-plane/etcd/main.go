// Command etcd is the store of the control plane: etcd's own main, so that Go builds it from modules alone.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() { etcdmain.Main(os.Args) }
