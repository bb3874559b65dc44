//go:build programs

// Package programs names what is built, so that go.sum holds all that it needs.
package programs

import _ "sigs.k8s.io/kwok/cmd/kwok"
