package main

const (
	sysKeyctl         = 219
	sysBpf            = 280
	sysUserfaultfd    = 282
	sysProcessVmReadv = 270
)
