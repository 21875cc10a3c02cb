import Foundation
import Testing

extension CommandLineTests {
  /// `unfold plot`: pictures of runs.
  @Suite struct PlotCommandTests {
    private let workspace: Workspace

    init() throws { workspace = try Workspace() }

    private static let hasGnuplot = {
      let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
      return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/gnuplot") }
    }()

    private func plot(
      _ arguments: String..., ranks: Int? = nil, environment: [String: String] = [:]
    ) throws -> CommandLineProcess.Result {
      try Unfold.run(
        ["plot"] + arguments, ranks: ranks, environment: environment, in: workspace, timeout: 30)
    }

    @Test(.enabled(if: hasGnuplot, "gnuplot is not installed"), arguments: [nil, 3])
    func aRunOfASeries(ranks: Int?) throws {
      let configuration = try Experiment.series.write(to: workspace)
      try workspace.train(configuration, "run", "training.validate_every=2")
      let result = try plot("run", ranks: ranks)
      #expect(result.status == 0, "\(result.error)")
      #expect(result.messages.last == "unfold: the picture is in run/plot.svg", "\(result.error)")
      let picture = try workspace.text("run/plot.svg")
      for words in ["run: loss", "validation", "left of ", "right of ", "truth", "prediction"] {
        #expect(picture.contains(words), "\(words)")
      }
      #expect(!workspace.exists("run/plot.svg.log"))

      let other = try plot("run", "--data", "series.csv", "--output", "other.svg", ranks: ranks)
      #expect(other.status == 0, "\(other.error)")
      #expect(try workspace.text("other.svg") != picture, "other time steps are predicted")
    }

    @Test(.enabled(if: hasGnuplot, "gnuplot is not installed"))
    func runsOfATextInOnePicture() throws {
      let configuration = try Experiment.text.write(to: workspace)
      try workspace.train(configuration, "one", "training.validate_every=2")
      try workspace.train(
        configuration, "two", "training.validate_every=2", "optimizer.learning_rate=0.02")
      let result = try plot("one", "two", "--output", "both.PNG")
      #expect(result.status == 0, "\(result.error)")
      let picture = FileManager.default.contents(atPath: workspace("both.PNG")) ?? Data()
      #expect(picture.prefix(4) == Data([0x89] + Array("PNG".utf8)))

      #expect(try plot("one", "two/").status == 0)
      let both = try workspace.text("plot.svg")
      #expect(both.contains(">one<") && both.contains(">two<") && both.contains("accuracy"))
      let refused = try plot("one", "--data", "text.txt")
      #expect(refused.status == 1 && refused.messages.count == 1, "\(refused.error)")
      #expect(refused.error.contains("leave out --data"), "\(refused.error)")
    }

    @Test(.enabled(if: hasGnuplot, "gnuplot is not installed"), arguments: [nil, 3])
    func aSweep(ranks: Int?) throws {
      try FileManager.default.createDirectory(
        atPath: workspace("pump"), withIntermediateDirectories: true)
      try workspace.write(
        """
        trial,model.hidden,state,steps,best_validation_loss
        1,16,done,10,0.5
        2,32,done,10,0.25

        """, to: "pump/trials.csv")
      let result = try plot("pump", ranks: ranks)
      #expect(result.status == 0, "\(result.error)")
      #expect(try workspace.text("pump/plot.svg").contains("loss by model.hidden"))
      let refused = try plot("pump", "--data", "series.csv", ranks: ranks)
      #expect(refused.status != 0 && refused.messages.count == 1, "\(refused.error)")
      #expect(refused.error.contains("pump is a sweep"), "\(refused.error)")
    }

    @Test(arguments: [nil, 3])
    func whatCannotBeDrawnIsToldInOneLine(ranks: Int?) throws {
      try workspace.train(try Experiment.text.write(to: workspace), "run")
      let absent = try plot("run", "absent", ranks: ranks)
      #expect(absent.status != 0 && absent.messages.count == 1, "\(absent.error)")
      #expect(absent.error.contains("absent: is not a run's folder"), "\(absent.error)")
      #expect(!workspace.exists("plot.svg"))
    }

    @Test func aMachineWithoutGnuplotIsToldHowToGetIt() throws {
      try workspace.train(try Experiment.text.write(to: workspace), "run")
      let result = try plot("run", environment: ["PATH": workspace.path])
      #expect(result.status == 1 && result.messages.count == 1, "\(result.error)")
      #expect(result.error.contains("apt-get install gnuplot"), "\(result.error)")
    }

    @Test(arguments: [
      ["run", "--output", "picture.pdf"], ["run", "--output", "svg"], [],
      ["one", "two", "--data", "series.csv"], ["run", "--workers", "0"],
    ])
    func commandLinesWithoutMeaning(arguments: [String]) throws {
      let result = try Unfold.run(["plot"] + arguments, in: workspace, timeout: 30)
      #expect(result.status == 64, "\(result.error)")
    }
  }
}
