import Storage

extension SeriesCorpus {
  package func read(
    sequence piece: Int, epoch: Int, timeSteps: Range<Int>, into window: Window, stream: Int,
    row: Int
  ) {
    let piece = pieces[piece]
    precondition(
      timeSteps.upperBound <= piece.timeSteps.count,
      "time steps \(timeSteps) of \(piece.timeSteps.count)")
    let first = piece.timeSteps.lowerBound + timeSteps.lowerBound
    let own = first..<first + timeSteps.count
    let cell = row * window.streams + stream
    readInputs(
      ofSequence: piece.sequence, own, into: window.inputVectors + cell * window.inputWidth,
      stride: window.streams * window.inputWidth)
    let targets = window.targetValues + cell * window.targetWidth
    let stride = window.streams * window.targetWidth
    readTargets(ofSequence: piece.sequence, own, into: targets, stride: stride)
    let last = sequences[piece.sequence].timeSteps.upperBound - 1
    let width = window.targetWidth
    for offset in 0..<own.count {
      let timeStep = first + offset
      var isKnown = false
      for column in 0..<width where !targets[offset * stride + column].isNaN { isKnown = true }
      let counts =
        isKnown && timeStep >= piece.countedFrom && (!task.countsLastOnly || timeStep == last)
      window.weights[cell + offset * window.streams] = counts ? 1 : 0
      window.scored[cell + offset * window.streams] = counts ? 1 : 0
    }
  }

  /// Writes the inputs of some time steps of a sequence as the model sees them: columns, marks of missing
  /// ones, attributes.
  ///
  /// - Parameters:
  ///   - number: the sequence's.
  ///   - timeSteps: counted from the sequence's start.
  ///   - target: where the first time step's inputs go.
  ///   - stride: from one time step's to the next one's.
  package func readInputs(
    ofSequence number: Int, _ timeSteps: Range<Int>, into target: FloatPointer, stride: Int
  ) {
    let sequence = sequences[number]
    let file = files[sequence.inputFile]
    let width = file.inputs.count
    for (index, place) in file.inputs.enumerated() {
      columns.inputs[index].read(
        file.storage, firstRow: sequence.firstInput + timeSteps.lowerBound, place,
        count: timeSteps.count, into: target + index, stride: stride)
      guard task.missing != .refuse else { continue }
      fill(
        target + index, marks: target + width + index, stride: stride, count: timeSteps.count,
        columns.inputs[index], file.storage, place,
        rows: sequence.known(
          index)..<max(
            sequence.known(index), sequence.firstInput + timeSteps.lowerBound))
    }
    let first = task.missing == .refuse ? width : 2 * width
    for (index, value) in sequence.attributes.enumerated() {
      for offset in 0..<timeSteps.count { target[offset * stride + first + index] = value }
    }
  }

  /// Puts something in the place of missing inputs, and marks them.
  ///
  /// - Parameter rows: those before, from the first that is known on, where the last value is looked for.
  private func fill(
    _ values: FloatPointer, marks: FloatPointer, stride: Int, count: Int, _ column: SeriesColumn,
    _ storage: SeriesStorage, _ place: Int, rows: Range<Int>
  ) {
    var last: Float?
    for offset in 0..<count {
      let value = values[offset * stride]
      marks[offset * stride] = value.isNaN ? 1 : 0
      if !value.isNaN {
        last = value
      } else if task.missing == .previous {
        last = last ?? column.normalize(lastValue(in: rows, storage, place) ?? column.mean)
        values[offset * stride] = last ?? 0
      } else {
        values[offset * stride] = column.normalize(column.mean)
      }
    }
  }

  private func lastValue(in rows: Range<Int>, _ storage: SeriesStorage, _ place: Int) -> Double? {
    for row in rows.reversed() {
      let value = storage.values[row * storage.width + place]
      if !value.isNaN { return value }
    }
    return nil
  }

  /// Writes the targets of some time steps of a sequence, NaN where they are missing.
  private func readTargets(
    ofSequence number: Int, _ timeSteps: Range<Int>, into target: FloatPointer, stride: Int
  ) {
    let sequence = sequences[number]
    let file = files[sequence.targetFile]
    for (index, column) in columns.targets.enumerated() {
      guard !file.targets.isEmpty else {
        for offset in 0..<timeSteps.count { target[offset * stride + index] = .nan }
        continue
      }
      column.read(
        file.storage, firstRow: sequence.firstTarget + timeSteps.lowerBound, file.targets[index],
        count: timeSteps.count, cap: task.cap, into: target + index, stride: stride)
    }
  }
}

extension SeriesColumn {
  /// Writes values of a column as the model sees them; NaN stays NaN.
  fileprivate func read(
    _ storage: SeriesStorage, firstRow: Int, _ place: Int, count: Int, cap: Double? = nil,
    into target: FloatPointer, stride: Int
  ) {
    guard count > 0, let base = storage.values.baseAddress else { return }
    precondition(
      firstRow >= 0 && firstRow + count <= storage.rows,
      "rows \(firstRow)..<\(firstRow + count) of \(storage.rows)")
    let source = base + firstRow * storage.width + place
    let width = storage.width
    let largest = cap ?? .infinity
    for offset in 0..<count {
      let value = source[offset * width]
      target[offset * stride] = Float(((value > largest ? largest : value) - center) / scale)
    }
  }
}
