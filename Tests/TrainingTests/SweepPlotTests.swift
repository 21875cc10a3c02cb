import Foundation
import TestSupport
import Testing
import Training

/// A sweep's table, and that gnuplot takes its picture.
struct SweepPlotTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  private func table(_ text: String) throws -> TrialTable {
    try folder.write(text, to: "trials.csv")
    return try TrialTable(folder: folder.path)
  }

  private static let rows = """
    trial,seed,model.cell,data.inputs,state,steps,best_validation_loss,test_loss,seconds,folder,reason
    1,1,lstm,"[u, t]",done,10,0.5,0.6,1.5,trial-1,
    2,2,lstm,[u],done,10,0.25,0.6,1.5,trial-2,
    3,1,gru,"[u, t]",failed,3,,,0.5,trial-3,"not finite: ""inf"", at step 3"
    4,2,gru,[u],stopped,5,2,,0.5,trial-4,

    """

  @Test func keysStandBetweenTrialAndState() throws {
    let table = try table(Self.rows)
    #expect(table.keys == ["seed", "model.cell", "data.inputs"])
    #expect(table.measureName == "best_validation_loss")
    #expect(table.trials.map(\.state) == ["done", "done", "failed", "stopped"])
    #expect(table.trials.map(\.measure) == [0.5, 0.25, nil, 2])
    #expect(table.trials[2].values == ["1", "gru", "[u, t]"])
  }

  @Test(arguments: [
    "", "trial,state,steps,best\n", "seed,state,steps,best\n1,done,2,3\n",
    "trial,seed,state,steps\n", "trial,seed,state,steps,best\n1,1,done,3\n",
    "trial,seed,state,steps,best\n1,\"1,done,3,4\n",
  ])
  func otherTablesAreRefused(text: String) throws {
    let error = #expect(throws: TrainingError.self) { try table(text) }
    #expect(error?.description.contains("trials.csv") == true)
  }

  @Test func aSweepWithoutResultsIsNotDrawn() throws {
    let table = try table("trial,seed,state,steps,best\n1,1,failed,3,\n2,2,failed,3,nan\n")
    let error = #expect(throws: TrainingError.self) { try SweepPlots(table) }
    #expect(error?.description.contains("no trial with a validation to plot") == true)
  }

  @Test(.enabled(if: Gnuplot() != nil, "gnuplot is not installed"))
  func everyKeyHasAPanel() throws {
    let plots = try SweepPlots(table(Self.rows))
    let gnuplot = try #require(Gnuplot())
    let svg = String(
      decoding: try plots.picture(gnuplot, isPNG: false, errorsTo: folder("log")), as: UTF8.self)
    #expect(try folder.text("log") == "")
    for words in [
      "best_validation_loss by seed", "best_validation_loss by model.cell", ">lstm<", ">gru<",
      ">[u, t]<", ">median<",
    ] {
      #expect(svg.contains(words), "\(words)")
    }
    #expect(svg.contains("960") && svg.contains("990"), "three panels")
  }

  /// Rates from 10⁻⁴ to 1, more than there is room for with marks of their own.
  @Test(.enabled(if: Gnuplot() != nil, "gnuplot is not installed"))
  func manyNumbersHaveMarksOfPowers() throws {
    let lines = (0..<40).map { index in
      "\(index + 1),\(pow(10, Double(index) / 10 - 4)),done,5,\(Double(index) - 20)\n"
    }
    let plots = try SweepPlots(
      table("trial,optimizer.learning_rate,state,steps,nse\n" + lines.joined()))
    let gnuplot = try #require(Gnuplot())
    let svg = String(
      decoding: try plots.picture(gnuplot, isPNG: false, errorsTo: folder("log")), as: UTF8.self)
    #expect(try folder.text("log") == "")
    #expect(svg.contains("nse by optimizer.learning_rate") && svg.contains("0.01"))
  }
}
