package main

const (
	sysKeyctl         = 250
	sysBpf            = 321
	sysUserfaultfd    = 323
	sysProcessVmReadv = 310
)
