import Foundation
import TestSupport
import Testing
import Training

/// What is read for a picture, how it is thinned, and that gnuplot takes it.
struct PlotTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  /// A run whose folder holds so many steps; the loss of step n is 100 / n, its
  /// error 3 / n.
  private func curve(
    _ name: String = "run", steps: Int = 6, validatedEvery: Int = 3, accuracy: Double? = nil,
    more: String = ""
  ) throws -> LearningCurve {
    try FileManager.default.createDirectory(
      atPath: folder(name), withIntermediateDirectories: true)
    let lines = (1...steps).map { step in
      let error = 3 / Double(step)
      let measure =
        accuracy.map { "\"accuracy\":\($0)" } ?? "\"root_mean_square_error\":\(error)"
      let validation = "\"validation\":{\"loss\":\(200 / Double(step)),\"tokens\":9,\(measure)},"
      return "{\"epoch\":1,\"loss\":\(100 / Double(step)),"
        + (step % validatedEvery == 0 ? validation : "") + "\"step\":\(step)}\n"
    }
    try folder.write("seed: 1\n", to: "\(name)/config.yaml")
    try folder.write(lines.joined() + more, to: "\(name)/metrics.jsonl")
    return try LearningCurve(path: folder(name), name: name)
  }

  // MARK: Reading

  @Test func stepsAndValidationsAreRead() throws {
    let curve = try curve(more: "{\"step\":7,\"lo")
    #expect(curve.training.map(\.step) == Array(1...6), "the last line is not whole")
    #expect(curve.training.map(\.mean) == (1...6).map { 100 / Double($0) })
    #expect(curve.training.allSatisfy { $0.lowest == $0.mean && $0.highest == $0.mean })
    #expect(curve.validation.map(\.step) == [3, 6])
    let values: [Double] = [200 / 3, 200 / 6]
    #expect(curve.validation.map(\.value) == values)
    #expect(curve.measured.map(\.value) == [1, 0.5] && curve.measure?.isError == true)
    #expect(try self.curve("classes", accuracy: 0.25).measure?.name == "accuracy")
  }

  @Test func aLongRunIsDrawnInStretches() throws {
    let curve = try curve(steps: 2000, validatedEvery: 3000)
    #expect(curve.training.count == 500 && curve.training.last?.step == 2000)
    let first = try #require(curve.training.first)
    #expect(first.step == 4 && first.highest == 100 && first.lowest == 25)
    #expect(abs(first.mean - (100 + 50 + 100.0 / 3 + 25) / 4) < 1e-12)
    #expect(curve.validation.isEmpty && curve.measure == nil && curve.measured.isEmpty)
  }

  @Test func whatHasNoStepIsRefused() throws {
    #expect(throws: TrainingError.self) { try LearningCurve(path: folder("absent"), name: "a") }
    try FileManager.default.createDirectory(
      atPath: folder("empty"), withIntermediateDirectories: true)
    try folder.write("seed: 1\n", to: "empty/config.yaml")
    try folder.write("", to: "empty/metrics.jsonl")
    let error = #expect(throws: TrainingError.self) {
      try LearningCurve(path: folder("empty"), name: "a")
    }
    #expect(error?.description.contains("has no step to plot") == true)
  }

  // MARK: Thinning

  @Test func peaksStay() {
    var values = (0..<10_000).map { sin(Double($0) / 100) }
    values[4321] = 9
    values[7777] = -9
    values.replaceSubrange(1000..<1100, with: repeatElement(.nan, count: 100))
    let places = Thinning.extremes(values, bins: 100)
    #expect(places.count <= 200 && places == places.sorted())
    #expect(Set(places).count == places.count)
    #expect(places.contains(4321) && places.contains(7777))
    #expect(places.filter { values[$0].isNaN } == [1000], "a gap stays a gap")
  }

  @Test func aShortLineStaysAsItIs() {
    #expect(Thinning.extremes([3, .nan, 1], bins: 2) == [0, 1, 2])
    #expect(Thinning.extremes([], bins: 2).isEmpty)
    #expect(Thinning.stretches(of: 3, bins: 5) == [0..<1, 1..<2, 2..<3])
    #expect(Thinning.stretches(of: 0, bins: 5).isEmpty)
  }

  // MARK: Axes

  @Test func powersOfTenAreForPositiveValuesThatDiffer() throws {
    #expect(LogScale([]) == nil && LogScale([.nan]) == nil)
    #expect(LogScale([1, 2, 2.9]) == nil && LogScale([0, 5]) == nil && LogScale([-1, 5]) == nil)
    #expect(LogScale([1, .infinity]) == nil)
    let narrow = try #require(LogScale([0.9, .nan, 6]))
    #expect(narrow.range == 0.9 / 1.1...6 * 1.1 && narrow.marks == [1, 2, 5])
    let wide = try #require(LogScale([1e-7, 1]))
    #expect(wide.marks.count == 8 && wide.marks.last == 1)
  }

  // MARK: Drawing

  /// A picture, about whose making gnuplot has nothing to say.
  private func draw(_ plots: RunPlots, isPNG: Bool = false) throws -> [UInt8] {
    let gnuplot = try #require(Gnuplot())
    let picture = try plots.picture(gnuplot, isPNG: isPNG, errorsTo: folder("log"))
    #expect(try folder.text("log") == "")
    return picture
  }

  @Test(.enabled(if: Gnuplot() != nil, "gnuplot is not installed"))
  func oneRunWithPredictions() throws {
    let truth = (0..<5000).map { $0 % 7 == 0 ? sin(Double($0) / 300) : .nan }
    let prediction = (0..<5000).map { cos(Double($0) / 300) }
    let curves = [
      PredictionCurve(
        title: "it's `y` of $HOME", truth: truth, prediction: prediction,
        interval: (prediction.map { $0 - 1 }, prediction.map { $0 + 1 })),
      PredictionCurve(
        title: "nobody measured", truth: [.nan, .nan, .nan], prediction: [1, 2, 3]),
    ]
    let plots = RunPlots([try curve(steps: 2000, validatedEvery: 100)], predictions: curves)
    let text = String(decoding: try draw(plots), as: UTF8.self)
    for words in [
      "run: loss", "training, extremes", "validation", "error in data units", "truth",
      "prediction", "interval", "it's `y` of $HOME", "nobody measured", "time step",
    ] {
      #expect(text.contains(words), "\(words)")
    }
    #expect(text.hasSuffix("</svg>\n") || text.hasSuffix("</svg>\n\n"))
    let image = try draw(plots, isPNG: true)
    #expect(Array(image.prefix(4)) == [0x89] + Array("PNG".utf8))
  }

  @Test(.enabled(if: Gnuplot() != nil, "gnuplot is not installed"))
  func severalRunsHaveTheirNames() throws {
    let long = String(repeating: "long-", count: 9) + "name"
    let runs = [
      try curve("one", accuracy: 0.5), try curve("two", accuracy: 0.25),
      try curve(long, validatedEvery: 100),
    ]
    let text = String(decoding: try draw(RunPlots(runs)), as: UTF8.self)
    for words in [">one<", ">two<", "…", "-name<", "dashed of training", "accuracy"] {
      #expect(text.contains(words), "\(words)")
    }
    #expect(!text.contains(long) && !text.contains("extremes"))
  }
}
