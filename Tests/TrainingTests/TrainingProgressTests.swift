import Testing
import Training

/// The running sums of a training run.
struct TrainingProgressTests {
  private static func record(_ step: Int, loss: Double, tokens: Double) -> StepRecord {
    StepRecord(
      step: step, epoch: 1, loss: loss, gradientNorm: 1, learningRate: 1, tokens: tokens,
      times: StepTimes())
  }

  @Test func theMeanLossWeighsTokens() {
    var progress = TrainingProgress()
    #expect(progress.trainingLoss == nil)
    progress.add(Self.record(1, loss: 2, tokens: 30))
    progress.add(Self.record(2, loss: 8, tokens: 10))
    #expect(progress.trainingLoss == 3.5)
    #expect(progress.step == 2 && progress.tokens == 40)
    progress.endEpoch(timeSteps: 20)
    #expect(progress.trainingLoss == 3.5, "until the next epoch's first step")
    #expect(progress.epoch == 1 && progress.window == 0 && progress.earlierTimeSteps == 20)
    progress.add(Self.record(3, loss: 1, tokens: 5))
    #expect(progress.trainingLoss == 1 && progress.tokens == 45)
  }

  @Test func onlyALowerLossIsBetter() {
    var progress = TrainingProgress()
    let losses = [3.0, 2, 2, .nan, 2.5, 1]
    let best = losses.enumerated().map { index, loss in
      progress.step = index + 1
      return progress.add(EvaluationResult(loss: loss, tokens: 1))
    }
    #expect(best == [true, true, false, false, false, true])
    #expect(progress.bestValidationLoss == 1 && progress.bestStep == 6)
  }

  @Test func validationsWithoutImprovementAreCounted() {
    var progress = TrainingProgress()
    let counts = [3.0, 3, 4, 2, 2].map { loss in
      _ = progress.add(EvaluationResult(loss: loss, tokens: 1))
      return progress.validationsWithoutImprovement
    }
    #expect(counts == [0, 1, 2, 0, 1])
  }

  @Test func aValidationThatWasNotDueSteersNothing() {
    var progress = TrainingProgress()
    progress.step = 1
    _ = progress.add(EvaluationResult(loss: 2, tokens: 1))
    progress.step = 2
    progress.note(EvaluationResult(loss: 1, tokens: 1))
    #expect(progress.bestValidationLoss == 2 && progress.validationsWithoutImprovement == 0)
    #expect(progress.bestValidation()?.loss == 1 && progress.bestValidation()?.step == 2)
    progress.note(EvaluationResult(loss: 3, tokens: 1))
    #expect(progress.bestValidation()?.loss == 2 && progress.bestValidation()?.step == 1)
  }
}
