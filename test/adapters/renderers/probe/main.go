// Tries what a hostile tool would try, in place of the tool. Prints one line for each: `name: denied` or `name: ALLOWED`.
package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

func main() {
	switch os.Args[1] {
	case "tries":
		tries(os.Args[2], os.Args[3])
	case "daemon":
		daemon(os.Args[2])
	case "linger":
		time.Sleep(time.Hour)
	case "memory":
		memory()
	case "output":
		for block := strings.Repeat("x", 1<<20); ; {
			if _, err := os.Stdout.WriteString(block); err != nil {
				return
			}
		}
	}
}

func say(name string, err error) {
	if err == nil {
		fmt.Println(name + ": ALLOWED")
	} else {
		fmt.Println(name + ": denied")
	}
}

func tries(port string, canary string) {
	say("tcp", dial("tcp4", "127.0.0.1:"+port))
	say("tcp6", dial("tcp6", "[::1]:"+port))
	say("udp", dial("udp4", "127.0.0.1:"+port))
	say("metadata", dial("tcp4", "169.254.169.254:80"))
	_, err := net.LookupHost("localhost.example")
	say("dns", err)
	say("abstract socket", dial("unix", "@drawbridge-probe-"+port))
	say("docker socket", dial("unix", "/var/run/docker.sock"))
	for name, family := range map[string]int{"inet": 2, "inet6": 10, "netlink": 16, "packet": 17, "vsock": 40} {
		fd, _, errno := syscall.RawSyscall(syscall.SYS_SOCKET, uintptr(family), uintptr(syscall.SOCK_DGRAM), 0)
		_ = fd
		say("socket "+name, asError(errno))
	}
	for _, path := range []string{canary, "/proc/1/environ", "/proc/self/environ", "/proc/self/fd", "/etc/passwd", "/root", "/home", "/sys/kernel"} {
		say("read "+path, read(path))
	}
	say("canary in the environment", has(strings.Contains(strings.Join(os.Environ(), "\n"), "CANARY")))
	say("another job", has(len(glob(filepath.Dir(filepath.Dir(canary))+"/*")) > 0))
	for _, path := range []string{"/job/files/written", "/job/tmp/written", "/bin/written", "/written"} {
		say("write "+path, os.WriteFile(path, []byte("x"), 0o600))
	}
	for _, program := range []string{"/bin/sh", "/usr/bin/git", "/usr/bin/env"} {
		say("run "+program, exec.Command(program, "--version").Run())
	}
	say("fill /tmp", os.WriteFile("/tmp/full", make([]byte, 65<<20), 0o600))
	call("new user namespace", syscall.SYS_UNSHARE, syscall.CLONE_NEWUSER, 0, 0)
	call("clone into a namespace", syscall.SYS_CLONE, syscall.CLONE_NEWUSER|uintptr(syscall.SIGCHLD), 0, 0)
	call("mount", syscall.SYS_MOUNT, 0, 0, 0)
	call("ptrace", syscall.SYS_PTRACE, 0, 0, 0)
	call("io_uring", 425, 1, uintptr(unsafe.Pointer(&[120]byte{})), 0)
	call("keyctl", sysKeyctl, 0, 0xfffffffd, 1)
	call("bpf", sysBpf, 0, 0, 0)
	call("userfaultfd", sysUserfaultfd, 1, 0, 0)
	call("process_vm_readv", sysProcessVmReadv, uintptr(os.Getpid()), 0, 0)
	call("clone3", 435, 0, 0, 0)
	for fd := 3; fd < 64; fd++ {
		target, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", fd))
		if err == nil && !strings.HasPrefix(target, "anon_inode") {
			say("inherited descriptor "+target, nil)
		}
	}
	say("signal the parent of the sandbox", syscall.Kill(os.Getppid()+100000, 0))
}

func dial(network string, address string) error {
	connection, err := net.DialTimeout(network, address, 300*time.Millisecond)
	if err == nil && network == "udp4" {
		_, err = connection.Write([]byte("x"))
	}
	return err
}

func call(name string, number uintptr, a uintptr, b uintptr, c uintptr) {
	result, _, errno := syscall.RawSyscall(number, a, b, c)
	if name == "clone into a namespace" && errno == 0 && result == 0 {
		syscall.RawSyscall(syscall.SYS_EXIT, 0, 0, 0)
	}
	// EPERM and ENOSYS are the filter's; any other complaint means that the kernel looked at the call.
	if errno == syscall.EPERM || errno == syscall.ENOSYS {
		say(name, errno)
	} else {
		say(name, nil)
	}
}

func asError(errno syscall.Errno) error {
	if errno == 0 {
		return nil
	}
	return errno
}

func has(found bool) error {
	if found {
		return nil
	}
	return syscall.ENOENT
}

func glob(pattern string) []string {
	found, _ := filepath.Glob(pattern)
	return found
}

func read(path string) error {
	if _, err := os.ReadFile(path); err == nil {
		return nil
	}
	_, err := os.ReadDir(path)
	return err
}

func daemon(marker string) {
	child := exec.Command("/bin/tool", "linger", marker)
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	say("daemon", child.Start())
}

func memory() {
	for kept := [][]byte{}; ; {
		block := make([]byte, 64<<20)
		for at := 0; at < len(block); at += 4096 {
			block[at] = 1
		}
		kept = append(kept, block)
	}
}
