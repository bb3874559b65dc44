import { createForkServer } from '../src/adapters/system/fork-server.ts'
import { createChildProcesses } from '../src/adapters/system/system-child-processes.ts'

/** Starts git and the renderers as the app does; one for all tests of a worker, and it ends with the worker. */
export const programs = createChildProcesses(createForkServer().launch)
