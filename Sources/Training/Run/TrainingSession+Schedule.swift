import Settings

extension TrainingSession {
  /// One line if the end of a cosine schedule has moved since a run was begun as `earlier`, which
  /// changes the rate at once.
  func scheduleChange(since earlier: Configuration, _ progress: TrainingProgress) throws -> String?
  {
    var moved = earlier
    moved.training = configuration.training
    moved.schedule.totalSteps = configuration.schedule.totalSteps
    guard earlier.schedule.kind == .cosine, progress.step > 0 else { return nil }
    let (step, epoch) = (progress.step + 1, progress.epoch + 1)
    let rates = try [earlier, moved].map { configuration in
      try configuration.learningRateSchedule(
        totalSteps: configuration.totalSteps(windowsInEpoch: windowsOfFirstEpoch)
      ).rate(step: step, epoch: epoch)
    }
    guard rates[0] != rates[1] else { return nil }
    return "the cosine schedule has another end than before: the learning rate of step \(step) is "
      + "\(rates[1]), it would have been \(rates[0]); schedule.total_steps sets the end"
  }
}

extension Configuration {
  /// The updates of a run whose epochs have so many windows.
  func totalSteps(windowsInEpoch: Int) -> Int {
    let (product, overflows) = (training.epochs ?? .max).multipliedReportingOverflow(
      by: windowsInEpoch)
    return min(overflows ? .max : product, training.steps ?? .max)
  }
}
