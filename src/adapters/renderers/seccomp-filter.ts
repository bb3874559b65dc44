/** Numbers of system calls by machine. Source: Linux, arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h. */
const machines = {
  x64: {
    audit: 0xc000003e,
    /** Calls of the x32 ABI carry this bit and would pass by the numbers below. */
    foreignBit: 0x40000000,
    socket: [41, 53],
    clone: 56,
    denied: [
      101, 155, 165, 166, 175, 176, 246, 248, 249, 250, 272, 298, 304, 308, 310, 311, 312, 313, 320, 321, 323,
    ],
  },
  arm64: {
    audit: 0xc00000b7,
    foreignBit: undefined,
    socket: [198, 199],
    clone: 220,
    denied: [
      117, 41, 40, 39, 105, 106, 104, 217, 218, 219, 97, 241, 265, 268, 270, 271, 272, 273, 294, 280, 282,
    ],
  },
} as const

/**
 * The same on every machine: io_uring (425 to 427), the newer mount calls (428 to 433, 442), pidfd_getfd (438).
 * The tables above name, in this order: ptrace, pivot_root, mount, umount2, init_module, delete_module, kexec_load,
 * add_key, request_key, keyctl, unshare, perf_event_open, open_by_handle_at, setns, process_vm_readv, process_vm_writev,
 * kcmp, finit_module, kexec_file_load, bpf, userfaultfd.
 */
const deniedEverywhere = [425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 442]

const clone3 = 435
const unixSockets = 1
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
const newNamespaces = 0x7e020000

const allow = 0x7fff0000
const kill = 0x80000000
const fail = (errno: number) => 0x00050000 | errno
const [notPermitted, noSuchCall, noSuchFamily] = [1, 38, 97]

/** Offsets in `struct seccomp_data`; arguments are read by their lower half, which holds all flags and families. */
const [numberAt, machineAt, argumentAt] = [0, 4, 16]

/** Codes of classic BPF. Source: Linux, include/uapi/linux/bpf_common.h. */
const [load, isEqual, isAtLeast, hasAny, answer] = [0x20, 0x15, 0x35, 0x45, 0x06]

type Step = [code: number, ifTrue: number, ifFalse: number, value: number]

/**
 * A seccomp program for bubblewrap's `--seccomp`: no socket but local ones, no new namespace, no mount, and no call that
 * reaches other processes, keys or the kernel's own machinery. Undefined for machines that we know no numbers of.
 */
export function seccompFilter(machine: string): Uint8Array | undefined {
  if (machine !== 'x64' && machine !== 'arm64') return undefined
  const { audit, foreignBit, socket, clone, denied } = machines[machine]
  const steps: Step[] = [
    [load, 0, 0, machineAt],
    [isEqual, 1, 0, audit],
    [answer, 0, 0, kill],
    [load, 0, 0, numberAt],
    ...(foreignBit === undefined ? [] : when([isAtLeast, foreignBit], kill)),
    ...[...denied, ...deniedEverywhere].flatMap((number) => when([isEqual, number], fail(notPermitted))),
    // Its flags are in memory, where no filter sees them; programs fall back on clone.
    ...when([isEqual, clone3], fail(noSuchCall)),
    // Not this call: on to the next test, over four steps.
    [isEqual, 0, 4, clone],
    [load, 0, 0, argumentAt],
    [hasAny, 0, 1, newNamespaces],
    [answer, 0, 0, fail(notPermitted)],
    [answer, 0, 0, allow],
    [isEqual, 1, 0, socket[0]],
    [isEqual, 0, 3, socket[1]],
    [load, 0, 0, argumentAt],
    [isEqual, 1, 0, unixSockets],
    [answer, 0, 0, fail(noSuchFamily)],
    [answer, 0, 0, allow],
  ]
  return assemble(steps)
}

function when([test, value]: [number, number], then: number): Step[] {
  return [
    [test, 0, 1, value],
    [answer, 0, 0, then],
  ]
}

/** `struct sock_filter`: code (2 bytes), two jumps (1 byte each), value (4 bytes), little-endian. */
function assemble(steps: readonly Step[]): Uint8Array {
  const program = new DataView(new ArrayBuffer(steps.length * 8))
  for (const [index, [code, ifTrue, ifFalse, value]] of steps.entries()) {
    program.setUint16(index * 8, code, true)
    program.setUint8(index * 8 + 2, ifTrue)
    program.setUint8(index * 8 + 3, ifFalse)
    program.setUint32(index * 8 + 4, value >>> 0, true)
  }
  return new Uint8Array(program.buffer)
}
