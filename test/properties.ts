import * as fc from 'fast-check'

/**
 * Property tests draw the same cases in every run, so that a change is judged by itself. Other cases are drawn by
 * `PROPERTY_SEED=$RANDOM npm test`; what fails there is mended and its case written down as a test.
 */
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env['PROPERTY_SEED'] ?? 1) })

export * from 'fast-check'
