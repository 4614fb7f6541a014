import { describeContract } from '../contract/contract.ts'
import { subjects } from '../support/subjects.ts'

for (const subject of subjects) describeContract(subject)
