// Compiles the workflows. With Next, Nitro or another framework, its plugin of the Workflow DevKit does this.
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { BaseBuilder, createBaseBuilderConfig } from '@workflow/builders'

const dist = fileURLToPath(new URL('dist', import.meta.url))

class Builder extends BaseBuilder {
  override async build(): Promise<void> {
    const inputFiles = await this.getInputFiles()
    const common = { format: 'esm', inputFiles } as const
    await this.createWorkflowsBundle({ ...common, outfile: `${dist}/workflows.mjs`, bundleFinalOutput: false })
    await this.createStepsBundle({
      ...common,
      outfile: `${dist}/steps.mjs`,
      externalizeNonSteps: true,
      bundleTransitiveLocalStepDependencies: true,
      rewriteTsExtensions: true,
    })
  }
}

mkdirSync(dist, { recursive: true })
const workingDir = fileURLToPath(new URL('.', import.meta.url))
await new Builder({ ...createBaseBuilderConfig({ workingDir, dirs: ['workflows'] }), buildTarget: 'next' }).build()
